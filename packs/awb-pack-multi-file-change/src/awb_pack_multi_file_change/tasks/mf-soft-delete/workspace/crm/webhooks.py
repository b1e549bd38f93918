"""Webhooks: other programs that want to hear of events, and what is still to be sent to each.

Sending is the work of a process of its own. It reads the outbox of a webhook and acknowledges what arrived.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import Invalid, NotFound
from .fields import Field, for_create, text, whole

if TYPE_CHECKING:
    from .app import Crm

AT_ONCE = 20


def url(value: object) -> str:
    found = text(value)
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", found):
        raise Invalid("URL expected")
    return found


class Webhooks:
    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.db = crm.db

    def create(self, body: object) -> dict:
        """Tell a program of what happens from now on, to one entity or to all."""
        values = for_create({"url": Field(url), "entity": Field(self._entity, None)}, body)
        with self.db.transaction():
            values |= {"acknowledged": self.crm.events.last(), "created_at": self.crm.clock()}
            number = self.db.execute(
                "INSERT INTO webhooks (url, entity, acknowledged, created_at)"
                " VALUES (:url, :entity, :acknowledged, :created_at)",
                values,
            ).lastrowid
        return self.get(number)

    def get(self, number: int) -> dict:
        row = self.db.one("SELECT id, url, entity, acknowledged, created_at FROM webhooks WHERE id = ?", (number,))
        if row is None:
            raise NotFound(f"webhook {number}")
        return row

    def all(self) -> list[dict]:
        return self.db.all("SELECT id, url, entity, acknowledged, created_at FROM webhooks ORDER BY id")

    def delete(self, number: int) -> None:
        self.get(number)
        self.db.execute("DELETE FROM webhooks WHERE id = ?", (number,))

    def outbox(self, number: int) -> dict:
        """The next events to send, each with the row as it is now: null if it is no longer there."""
        hook = self.get(number)
        page = self.crm.events.page(hook["acknowledged"], AT_ONCE, entity=hook["entity"])
        items = [{"event": event, "row": self._row(event["entity"], event["entity_id"])} for event in page["items"]]
        return {"items": items, "total": page["total"]}

    def acknowledge(self, number: int, body: object) -> dict:
        """An event has arrived, and with it all that came before."""
        hook = self.get(number)
        event = for_create({"event": Field(whole)}, body)["event"]
        if not hook["acknowledged"] < event <= self.crm.events.last():
            raise Invalid("event")
        self.db.execute("UPDATE webhooks SET acknowledged = ? WHERE id = ?", (event, number))
        return self.get(number)

    def _row(self, entity: str, number: int) -> dict | None:
        try:
            return self.crm.services.named(entity).get(number)
        except NotFound:
            return None

    def _entity(self, value: object) -> str | None:
        if value is not None and (not isinstance(value, str) or self.crm.services.named(value) is None):
            raise Invalid("entity")
        return value
