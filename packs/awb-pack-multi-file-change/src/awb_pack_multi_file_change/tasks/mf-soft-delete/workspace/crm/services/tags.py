from __future__ import annotations

from ..fields import Field, text
from .base import Service


class TagService(Service):
    entity = "tags"
    fields = {
        "name": Field(text),
    }

    def contacts(self, number: int) -> list[dict]:
        self.get(number)
        return self.crm.repositories.contacts.of_tag(number)
