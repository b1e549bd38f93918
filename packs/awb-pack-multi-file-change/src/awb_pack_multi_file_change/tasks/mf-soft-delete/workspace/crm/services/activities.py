from __future__ import annotations

from ..errors import Invalid
from ..fields import KINDS, Field, choice, flag, optional_whole, text, whole
from .base import Service


class ActivityService(Service):
    entity = "activities"
    fields = {
        "account_id": Field(whole, fixed=True),
        "kind": Field(choice(*KINDS)),
        "subject": Field(text),
        "contact_id": Field(optional_whole, None, fixed=True),
        "deal_id": Field(optional_whole, None, fixed=True),
        "done": Field(flag, False),
    }

    def check_new(self, values: dict) -> None:
        repositories = self.crm.repositories
        self.must_exist("accounts", values["account_id"])
        self.must_exist("contacts", values["contact_id"])
        self.must_exist("deals", values["deal_id"])
        for repository, number in ((repositories.contacts, values["contact_id"]), (repositories.deals, values["deal_id"])):
            if number is not None and repository.get(number)["account_id"] != values["account_id"]:
                raise Invalid("of another account")

    def account_of(self, row: dict) -> int:
        return row["account_id"]

    def attachments(self, number: int) -> list[dict]:
        self.get(number)
        return self.crm.repositories.attachments.of_activity(number)
