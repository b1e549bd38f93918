from __future__ import annotations

from .base import Repository

SELECT = """
    SELECT d.id, d.account_id, d.number, d.title, d.stage, d.owner_id, d.created_at,
           (SELECT coalesce(sum(i.quantity * i.price_cents), 0) FROM line_items i WHERE i.deal_id = d.id) AS total_cents,
           (SELECT count(*) FROM line_items i WHERE i.deal_id = d.id) AS item_count
    FROM deals d
"""


class Deals(Repository):
    table = "deals"

    def get(self, number: int) -> dict | None:
        return self.db.one(f"{SELECT} WHERE d.id = ?", (number,))

    def page(self, limit: int, offset: int) -> list[dict]:
        return self.db.all(f"{SELECT} ORDER BY d.id LIMIT ? OFFSET ?", (limit, offset))

    def count(self) -> int:
        return self.db.value("SELECT count(*) FROM deals")

    def of_account(self, account: int) -> list[dict]:
        return self.db.all(f"{SELECT} WHERE d.account_id = ? ORDER BY d.id", (account,))
