"""The dashboard: the figures of all accounts, or of those of a user, at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Invalid

if TYPE_CHECKING:
    from .app import Crm

TOP = 3

TOTALS = """
    SELECT count(*) AS accounts, coalesce(sum(g.contacts), 0) AS contacts, coalesce(sum(g.open_deals), 0) AS open_deals,
           coalesce(sum(g.open_cents), 0) AS open_cents, coalesce(sum(g.won_cents), 0) AS won_cents,
           coalesce(sum(g.todo), 0) AS todo, max(g.last_activity) AS last_activity
    FROM account_figures g
    JOIN accounts a ON a.id = g.account_id
    WHERE :owner IS NULL OR a.owner_id = :owner
"""

TOP_ACCOUNTS = """
    SELECT a.id, a.name, g.open_cents
    FROM account_figures g
    JOIN accounts a ON a.id = g.account_id
    WHERE (:owner IS NULL OR a.owner_id = :owner) AND g.open_cents > 0
    ORDER BY g.open_cents DESC, a.id
    LIMIT :top
"""

QUIET_ACCOUNTS = """
    SELECT a.id
    FROM account_figures g
    JOIN accounts a ON a.id = g.account_id
    WHERE (:owner IS NULL OR a.owner_id = :owner) AND g.last_activity IS NULL
    ORDER BY a.id
"""


def dashboard(crm: Crm, owner: int | None = None) -> dict:
    """Totals, the accounts with most to win, and those that nobody has talked to."""
    if owner is not None and not crm.repositories.users.exists(owner):
        raise Invalid("owner")
    values = {"owner": owner, "top": TOP}
    totals = crm.db.one(TOTALS, values)
    quiet = [row["id"] for row in crm.db.all(QUIET_ACCOUNTS, values)]
    return {**totals, "top": crm.db.all(TOP_ACCOUNTS, values), "quiet": quiet}


def figures(crm: Crm, account: int) -> dict:
    """The figures of one account."""
    crm.services.accounts.get(account)
    return crm.figures.of_account(account)
