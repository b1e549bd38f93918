from __future__ import annotations

from ..errors import Invalid
from ..fields import ROLES, Field, choice, email, text
from .base import Service


class UserService(Service):
    entity = "users"
    fields = {
        "email": Field(email),
        "name": Field(text),
        "role": Field(choice(*ROLES), "sales"),
    }

    def reassign(self, number: int, body: object) -> dict:
        """Give everything that a user owns to another user."""
        to = body.get("to") if isinstance(body, dict) else None
        with self.crm.db.transaction():
            self.get(number)
            if isinstance(to, bool) or not isinstance(to, int) or to == number:
                raise Invalid("to")
            self.must_exist("users", to)
            owned = self.repository.owned(number)
            moved = self.repository.reassign(number, to)
            for entity, each in owned:
                self.crm.events.record("updated", entity, each, {"owner_id": [number, to]})
            return moved
