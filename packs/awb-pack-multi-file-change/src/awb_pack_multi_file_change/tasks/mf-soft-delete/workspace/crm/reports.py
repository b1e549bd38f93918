"""Figures over all of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Invalid
from .fields import KINDS, STAGES

if TYPE_CHECKING:
    from .app import Crm


def counts(crm: Crm) -> dict[str, int]:
    """The number of rows of each entity."""
    return {
        "users": crm.repositories.users.count(),
        "accounts": crm.repositories.accounts.count(),
        "contacts": crm.repositories.contacts.count(),
        "products": crm.repositories.products.count(),
        "deals": crm.repositories.deals.count(),
        "line_items": crm.repositories.line_items.count(),
        "activities": crm.repositories.activities.count(),
        "attachments": crm.repositories.attachments.count(),
        "tags": crm.repositories.tags.count(),
    }


def pipeline(crm: Crm) -> list[dict]:
    """Deals and their value by stage; every stage is there."""
    rows = crm.db.all(
        """
        SELECT d.stage, count(DISTINCT d.id) AS deals, coalesce(sum(i.quantity * i.price_cents), 0) AS cents
        FROM deals d
        LEFT JOIN line_items i ON i.deal_id = d.id
        GROUP BY d.stage
        """
    )
    found = {row["stage"]: row for row in rows}
    return [found.get(stage, {"stage": stage, "deals": 0, "cents": 0}) for stage in STAGES]


def owners(crm: Crm) -> list[dict]:
    """What each user has won, the best first."""
    return crm.db.all(
        """
        SELECT u.id, u.name,
               (SELECT count(*) FROM accounts a WHERE a.owner_id = u.id) AS accounts,
               (SELECT count(*) FROM deals d WHERE d.owner_id = u.id AND d.stage IN ('lead', 'offer')) AS open_deals,
               (SELECT coalesce(sum(i.quantity * i.price_cents), 0)
                FROM deals d JOIN line_items i ON i.deal_id = d.id
                WHERE d.owner_id = u.id AND d.stage = 'won') AS won_cents
        FROM users u
        ORDER BY won_cents DESC, u.id
        """
    )


def activity(crm: Crm) -> list[dict]:
    """Activities by kind: how many, how many done, how many bytes are attached."""
    rows = crm.db.all(
        """
        SELECT v.kind, count(*) AS total, sum(v.done) AS done,
               coalesce(sum((SELECT sum(f.size) FROM attachments f WHERE f.activity_id = v.id)), 0) AS bytes
        FROM activities v
        GROUP BY v.kind
        """
    )
    found = {row["kind"]: row for row in rows}
    return [found.get(kind, {"kind": kind, "total": 0, "done": 0, "bytes": 0}) for kind in KINDS]


def duplicates(crm: Crm) -> list[dict]:
    """E-mail addresses that several accounts have a contact with."""
    return crm.db.all(
        """
        SELECT c.email, count(*) AS contacts
        FROM contacts c
        GROUP BY c.email
        HAVING count(*) > 1
        ORDER BY c.email
        """
    )


def mailing(crm: Crm, tag: str | None) -> list[str]:
    """The addresses to write to: all contacts, or those with a tag."""
    if tag is None:
        rows = crm.db.all("SELECT DISTINCT c.email FROM contacts c ORDER BY c.email")
    else:
        if not tag:
            raise Invalid("tag")
        rows = crm.db.all(
            """
            SELECT DISTINCT c.email
            FROM contacts c
            JOIN contact_tags x ON x.contact_id = c.id
            JOIN tags t ON t.id = x.tag_id
            WHERE t.name = ? COLLATE NOCASE
            ORDER BY c.email
            """,
            (tag,),
        )
    return [row["email"] for row in rows]
