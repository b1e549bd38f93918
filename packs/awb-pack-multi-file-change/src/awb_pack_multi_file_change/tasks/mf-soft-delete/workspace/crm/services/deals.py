from __future__ import annotations

from ..fields import STAGES, Field, choice, text, whole
from .base import Service


class DealService(Service):
    entity = "deals"
    fields = {
        "account_id": Field(whole, fixed=True),
        "number": Field(text),
        "title": Field(text),
        "owner_id": Field(whole),
        "stage": Field(choice(*STAGES), "lead"),
    }

    def check_new(self, values: dict) -> None:
        self.must_exist("accounts", values["account_id"])
        self.must_exist("users", values["owner_id"])

    def check_change(self, number: int, values: dict) -> None:
        if "owner_id" in values:
            self.must_exist("users", values["owner_id"])

    def account_of(self, row: dict) -> int:
        return row["account_id"]

    def line_items(self, number: int) -> list[dict]:
        self.get(number)
        return self.crm.repositories.line_items.of_deal(number)

    def activities(self, number: int) -> list[dict]:
        self.get(number)
        return self.crm.repositories.activities.of_deal(number)
