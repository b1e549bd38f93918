from __future__ import annotations

from ..fields import Field, domain, text, whole
from .base import Service


class AccountService(Service):
    entity = "accounts"
    fields = {
        "name": Field(text),
        "domain": Field(domain),
        "owner_id": Field(whole),
    }

    def check_new(self, values: dict) -> None:
        self.must_exist("users", values["owner_id"])

    def check_change(self, number: int, values: dict) -> None:
        if "owner_id" in values:
            self.must_exist("users", values["owner_id"])

    def account_of(self, row: dict) -> int:
        return row["id"]

    def contacts(self, number: int) -> list[dict]:
        self.get(number)
        return self.crm.repositories.contacts.of_account(number)

    def deals(self, number: int) -> list[dict]:
        self.get(number)
        return self.crm.repositories.deals.of_account(number)

    def activities(self, number: int) -> list[dict]:
        self.get(number)
        return self.crm.repositories.activities.of_account(number)
