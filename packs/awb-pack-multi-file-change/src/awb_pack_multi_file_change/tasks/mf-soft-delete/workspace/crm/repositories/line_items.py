from __future__ import annotations

from .base import Repository

SELECT = """
    SELECT i.id, i.deal_id, i.product_id, i.quantity, i.price_cents, i.created_at
    FROM line_items i
"""


class LineItems(Repository):
    table = "line_items"

    def get(self, number: int) -> dict | None:
        return self.db.one(f"{SELECT} WHERE i.id = ?", (number,))

    def page(self, limit: int, offset: int) -> list[dict]:
        return self.db.all(f"{SELECT} ORDER BY i.id LIMIT ? OFFSET ?", (limit, offset))

    def count(self) -> int:
        return self.db.value("SELECT count(*) FROM line_items")

    def of_deal(self, deal: int) -> list[dict]:
        return self.db.all(f"{SELECT} WHERE i.deal_id = ? ORDER BY i.id", (deal,))
