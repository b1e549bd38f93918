"""What the services share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..below import with_below
from ..errors import Invalid, NotFound
from ..fields import Field, for_create, for_update

if TYPE_CHECKING:
    from ..app import Crm

MAX_LIMIT = 500


class Service:
    entity = ""
    fields: dict[str, Field] = {}

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    @property
    def repository(self):
        return getattr(self.crm.repositories, self.entity)

    def create(self, body: object) -> dict:
        values = for_create(self.fields, body)
        with self.crm.db.transaction():
            self.check_new(values)
            number = self.repository.insert({**values, "created_at": self.crm.clock()})
            row = self.get(number)
            self.crm.events.record("created", self.entity, number)
            self.crm.figures.refresh(self.account_of(row))
        return row

    def get(self, number: int) -> dict:
        row = self.repository.get(number)
        if row is None:
            raise NotFound(f"{self.entity} {number}")
        return row

    def page(self, limit: int = 100, offset: int = 0) -> dict:
        if not 1 <= limit <= MAX_LIMIT or offset < 0:
            raise Invalid("limit or offset")
        return {"items": self.repository.page(limit, offset), "total": self.repository.count()}

    def update(self, number: int, body: object) -> dict:
        values = for_update(self.fields, body)
        with self.crm.db.transaction():
            before = self.get(number)
            self.check_change(number, values)
            self.repository.update(number, values)
            changes = {name: [before[name], value] for name, value in values.items() if before[name] != value}
            if changes:
                self.crm.events.record("updated", self.entity, number, changes)
            self.crm.figures.refresh(self.account_of(before))
        return self.get(number)

    def delete(self, number: int) -> None:
        with self.crm.db.transaction():
            account = self.account_of(self.get(number))
            gone = with_below(self.crm.db, self.entity, number)
            self.repository.delete(number)
            self.crm.events.record_all("deleted", gone)
            self.crm.figures.refresh(account)

    def check_new(self, values: dict) -> None:
        """Check references of a new row; the default has none."""

    def check_change(self, number: int, values: dict) -> None:
        """Check references of a change; the default has none."""

    def account_of(self, row: dict) -> int | None:
        """The account whose figures a row counts for; the default is none."""
        return None

    def must_exist(self, entity: str, number: int | None) -> None:
        """A reference to something that does not exist is an invalid value, not a missing page."""
        if number is not None and not getattr(self.crm.repositories, entity).exists(number):
            raise Invalid(f"no {entity} {number}")
