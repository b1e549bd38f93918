from __future__ import annotations

from ..fields import Field, amount, quantity, whole
from .base import Service


class LineItemService(Service):
    entity = "line_items"
    fields = {
        "deal_id": Field(whole, fixed=True),
        "product_id": Field(whole, fixed=True),
        "quantity": Field(quantity, 1),
        "price_cents": Field(amount, None),
    }

    def check_new(self, values: dict) -> None:
        self.must_exist("deals", values["deal_id"])
        self.must_exist("products", values["product_id"])
        if values["price_cents"] is None:
            values["price_cents"] = self.crm.repositories.products.get(values["product_id"])["price_cents"]

    def account_of(self, row: dict) -> int:
        return self.crm.repositories.deals.get(row["deal_id"])["account_id"]
