"""The figures of an account.

Adding up all deals for every look at the dashboard took too long. So each write brings the figures of the account
that it touched up to date, and the dashboard reads those.
"""

from __future__ import annotations

from .db import Database

REFRESH = """
    INSERT OR REPLACE INTO account_figures
        (account_id, contacts, open_deals, open_cents, won_cents, todo, last_activity)
    SELECT a.id,
           (SELECT count(*) FROM contacts c WHERE c.account_id = a.id),
           (SELECT count(*) FROM deals d WHERE d.account_id = a.id AND d.stage IN ('lead', 'offer')),
           (SELECT coalesce(sum(i.quantity * i.price_cents), 0)
            FROM deals d JOIN line_items i ON i.deal_id = d.id
            WHERE d.account_id = a.id AND d.stage IN ('lead', 'offer')),
           (SELECT coalesce(sum(i.quantity * i.price_cents), 0)
            FROM deals d JOIN line_items i ON i.deal_id = d.id
            WHERE d.account_id = a.id AND d.stage = 'won'),
           (SELECT count(*) FROM activities v WHERE v.account_id = a.id AND NOT v.done),
           (SELECT max(v.created_at) FROM activities v WHERE v.account_id = a.id)
    FROM accounts a
    WHERE a.id = ?
"""

COLUMNS = "contacts, open_deals, open_cents, won_cents, todo, last_activity"


class Figures:
    def __init__(self, db: Database) -> None:
        self.db = db

    def refresh(self, *accounts: int | None) -> None:
        """Add up the figures of accounts anew; an account that is no longer there has none."""
        for account in accounts:
            if account is not None:
                self.db.execute(REFRESH, (account,))

    def of_account(self, account: int) -> dict:
        return self.db.one(f"SELECT {COLUMNS} FROM account_figures WHERE account_id = ?", (account,))
