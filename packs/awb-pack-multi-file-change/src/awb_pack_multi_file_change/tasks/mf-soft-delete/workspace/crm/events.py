"""The events: what was done to which row, and when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .db import Database
from .errors import Invalid, NotFound

if TYPE_CHECKING:
    from .app import Crm

ACTIONS = ("created", "updated", "deleted", "tagged", "untagged", "merged")
MAX_LIMIT = 500


class Events:
    """The log that services write; the last event has the highest id."""

    def __init__(self, db: Database, clock: Callable[[], str]) -> None:
        self.db = db
        self.clock = clock

    def record(self, action: str, entity: str, number: int, changes: dict | None = None) -> None:
        self.db.execute(
            "INSERT INTO events (at, action, entity, entity_id, changes) VALUES (?, ?, ?, ?, ?)",
            (self.clock(), action, entity, number, json.dumps(changes or {})),
        )

    def record_all(self, action: str, rows: Iterable[tuple[str, int]]) -> None:
        """The same happened to several rows."""
        for entity, number in rows:
            self.record(action, entity, number)

    def last(self) -> int:
        return self.db.value("SELECT coalesce(max(id), 0) FROM events")

    def of_row(self, entity: str, number: int) -> list[dict]:
        rows = self.db.all("SELECT * FROM events WHERE entity = ? AND entity_id = ? ORDER BY id", (entity, number))
        return [_shaped(row) for row in rows]

    def page(self, after: int, limit: int, *, entity: str | None = None, action: str | None = None) -> dict:
        """Events after one, of an entity or of a kind only if that is asked for."""
        if not 1 <= limit <= MAX_LIMIT:
            raise Invalid("limit")
        where = """
            id > :after
            AND (:entity IS NULL OR entity = :entity)
            AND (:action IS NULL OR action = :action)
        """
        values = {"after": after, "entity": entity, "action": action, "limit": limit}
        rows = self.db.all(f"SELECT * FROM events WHERE {where} ORDER BY id LIMIT :limit", values)
        total = self.db.value(f"SELECT count(*) FROM events WHERE {where}", values)
        return {"items": [_shaped(row) for row in rows], "total": total}


def feed(crm: Crm, after: int, limit: int, entity: str | None, action: str | None) -> dict:
    """What another program reads to keep up."""
    if entity is not None and crm.services.named(entity) is None:
        raise Invalid("entity")
    if action is not None and action not in ACTIONS:
        raise Invalid("action")
    return crm.events.page(after, limit, entity=entity, action=action)


def history(crm: Crm, entity: str, number: int) -> list[dict]:
    """Everything that was done to a row, the oldest first."""
    service = crm.services.named(entity)
    if service is None:
        raise NotFound(entity)
    service.get(number)
    return crm.events.of_row(entity, number)


def _shaped(row: dict) -> dict:
    return {**row, "changes": json.loads(row["changes"])}
