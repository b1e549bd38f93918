from __future__ import annotations

from ..errors import NotFound
from ..fields import Field, email, optional_text, text, whole
from .base import Service


class ContactService(Service):
    entity = "contacts"
    fields = {
        "account_id": Field(whole, fixed=True),
        "name": Field(text),
        "email": Field(email),
        "phone": Field(optional_text, None),
    }

    def check_new(self, values: dict) -> None:
        self.must_exist("accounts", values["account_id"])

    def account_of(self, row: dict) -> int:
        return row["account_id"]

    def activities(self, number: int) -> list[dict]:
        self.get(number)
        return self.crm.repositories.activities.of_contact(number)

    def tag(self, number: int, name: str) -> None:
        """Put a tag on a contact; a tag that does not exist is made."""
        tags = self.crm.repositories.tags
        with self.crm.db.transaction():
            self.get(number)
            found = tags.by_name(name)
            tag = found or self.crm.services.tags.create({"name": name})
            if tags.attach(number, tag["id"]):
                self.crm.events.record("tagged", "contacts", number, {"tag": tag["name"]})

    def untag(self, number: int, name: str) -> None:
        tags = self.crm.repositories.tags
        with self.crm.db.transaction():
            self.get(number)
            found = tags.by_name(name)
            if found is None or not tags.detach(number, found["id"]):
                raise NotFound(f"tag {name}")
            self.crm.events.record("untagged", "contacts", number, {"tag": found["name"]})
