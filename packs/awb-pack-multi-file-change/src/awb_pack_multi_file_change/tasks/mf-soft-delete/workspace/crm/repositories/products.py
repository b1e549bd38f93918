from __future__ import annotations

from .base import Repository

SELECT = """
    SELECT p.id, p.sku, p.name, p.price_cents, p.created_at,
           (SELECT coalesce(sum(i.quantity), 0)
            FROM line_items i JOIN deals d ON d.id = i.deal_id
            WHERE i.product_id = p.id AND d.stage = 'won') AS sold
    FROM products p
"""


class Products(Repository):
    table = "products"

    def get(self, number: int) -> dict | None:
        return self.db.one(f"{SELECT} WHERE p.id = ?", (number,))

    def page(self, limit: int, offset: int) -> list[dict]:
        return self.db.all(f"{SELECT} ORDER BY p.id LIMIT ? OFFSET ?", (limit, offset))

    def count(self) -> int:
        return self.db.value("SELECT count(*) FROM products")
