"""The morning mail of a user: what is new in the accounts that are his or hers, and what is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Invalid

if TYPE_CHECKING:
    from .app import Crm

NEW_CONTACTS = """
    SELECT c.name, c.email, a.name AS account
    FROM contacts c
    JOIN accounts a ON a.id = c.account_id
    WHERE a.owner_id = :user AND c.created_at >= :since
    ORDER BY c.id
"""

# A deal that was won and is so still; winning it twice is no news.
WON_DEALS = """
    SELECT d.number, d.title,
           (SELECT coalesce(sum(i.quantity * i.price_cents), 0) FROM line_items i WHERE i.deal_id = d.id) AS cents
    FROM deals d
    JOIN accounts a ON a.id = d.account_id
    WHERE a.owner_id = :user AND d.stage = 'won' AND d.id IN (
        SELECT e.entity_id
        FROM events e
        WHERE e.entity = 'deals' AND e.action = 'updated' AND e.at >= :since
          AND json_extract(e.changes, '$.stage[1]') = 'won'
    )
    ORDER BY d.id
"""

TO_DO = """
    SELECT v.kind, v.subject, a.name AS account
    FROM activities v
    JOIN accounts a ON a.id = v.account_id
    WHERE a.owner_id = :user AND NOT v.done
    ORDER BY v.id
"""


def digest(crm: Crm, user: int, since: str) -> dict:
    """A mail as the mailer takes it: to whom, about what, and its lines."""
    row = crm.services.users.get(user)
    if not since:
        raise Invalid("since")
    values = {"user": user, "since": since}
    contacts = crm.db.all(NEW_CONTACTS, values)
    deals = crm.db.all(WON_DEALS, values)
    tasks = crm.db.all(TO_DO, values)
    lines = [f"new: {each['name']} <{each['email']}>, {each['account']}" for each in contacts]
    lines += [f"won: {each['number']} {each['title']}, {each['cents']}" for each in deals]
    lines += [f"to do: {each['kind']} {each['subject']}, {each['account']}" for each in tasks]
    subject = f"{len(contacts)} new contacts, {len(deals)} deals won, {len(tasks)} to do"
    return {"to": row["email"], "subject": subject, "lines": lines}
