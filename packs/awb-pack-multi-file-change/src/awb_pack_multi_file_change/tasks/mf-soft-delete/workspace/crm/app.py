"""Puts the parts together."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from .db import Database
from .events import Events
from .figures import Figures
from .lists import Lists
from .repositories import Repositories
from .services import Services
from .webhooks import Webhooks


def utc_now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Crm:
    """An open customer database."""

    def __init__(self, database: Database, clock: Callable[[], str]) -> None:
        self.db = database
        self.clock = clock
        self.repositories = Repositories(database)
        self.events = Events(database, clock)
        self.figures = Figures(database)
        self.services = Services(self)
        self.webhooks = Webhooks(self)
        self.lists = Lists(self)

    def close(self) -> None:
        self.db.close()


def open_crm(path: str, *, clock: Callable[[], str] = utc_now) -> Crm:
    """Open the database at `path`, which is created if it is not there."""
    return Crm(Database(path), clock)
