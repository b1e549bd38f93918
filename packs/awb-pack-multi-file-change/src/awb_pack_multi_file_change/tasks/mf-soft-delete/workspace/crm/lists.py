"""Saved lists: a filter with a name. What is in a list is found anew each time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from . import filters
from .errors import Invalid, NotFound
from .fields import Field, anything, choice, for_create, for_update, text

if TYPE_CHECKING:
    from .app import Crm

MAX_LIMIT = 500
SELECT = "SELECT id, name, entity, conditions, created_at FROM lists"


FIELDS = {
    "name": Field(text),
    "entity": Field(choice(*filters.COLUMNS), fixed=True),
    "where": Field(anything, []),
}


class Lists:
    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.db = crm.db

    def create(self, body: object) -> dict:
        values = for_create(FIELDS, body)
        conditions = filters.checked(values["entity"], values["where"])
        number = self.db.execute(
            "INSERT INTO lists (name, entity, conditions, created_at) VALUES (?, ?, ?, ?)",
            (values["name"], values["entity"], json.dumps(conditions), self.crm.clock()),
        ).lastrowid
        return self.get(number)

    def get(self, number: int) -> dict:
        row = self.db.one(f"{SELECT} WHERE id = ?", (number,))
        if row is None:
            raise NotFound(f"list {number}")
        return self._shaped(row)

    def all(self) -> list[dict]:
        return [self._shaped(row) for row in self.db.all(f"{SELECT} ORDER BY id")]

    def update(self, number: int, body: object) -> dict:
        values = for_update(FIELDS, body)
        found = self.get(number)
        conditions = filters.checked(found["entity"], values.get("where", found["where"]))
        self.db.execute(
            "UPDATE lists SET name = ?, conditions = ? WHERE id = ?",
            (values.get("name", found["name"]), json.dumps(conditions), number),
        )
        return self.get(number)

    def delete(self, number: int) -> None:
        self.get(number)
        self.db.execute("DELETE FROM lists WHERE id = ?", (number,))

    def items(self, number: int, limit: int = 100, offset: int = 0) -> dict:
        """The rows of the list as they are shown elsewhere."""
        if not 1 <= limit <= MAX_LIMIT:
            raise Invalid("limit")
        found = self.get(number)
        service = self.crm.services.named(found["entity"])
        ids = filters.find(self.db, found["entity"], found["where"], limit, offset)
        return {"items": [service.get(each) for each in ids], "total": found["size"]}

    def _shaped(self, row: dict) -> dict:
        where = json.loads(row["conditions"])
        size = filters.count(self.db, row["entity"], where)
        shown = {name: row[name] for name in ("id", "name", "entity", "created_at")}
        return {**shown, "where": where, "size": size}
