from __future__ import annotations

from .base import Repository

SELECT = """
    SELECT a.id, a.name, a.domain, a.owner_id, a.created_at,
           (SELECT count(*) FROM contacts c WHERE c.account_id = a.id) AS contact_count,
           (SELECT count(*) FROM deals d WHERE d.account_id = a.id) AS deal_count,
           (SELECT coalesce(sum(i.quantity * i.price_cents), 0)
            FROM deals d JOIN line_items i ON i.deal_id = d.id
            WHERE d.account_id = a.id AND d.stage IN ('lead', 'offer')) AS open_cents
    FROM accounts a
"""


class Accounts(Repository):
    table = "accounts"

    def get(self, number: int) -> dict | None:
        return self.db.one(f"{SELECT} WHERE a.id = ?", (number,))

    def by_domain(self, domain: str) -> dict | None:
        return self.db.one(f"{SELECT} WHERE a.domain = ?", (domain,))

    def page(self, limit: int, offset: int) -> list[dict]:
        return self.db.all(f"{SELECT} ORDER BY a.id LIMIT ? OFFSET ?", (limit, offset))

    def count(self) -> int:
        return self.db.value("SELECT count(*) FROM accounts")
