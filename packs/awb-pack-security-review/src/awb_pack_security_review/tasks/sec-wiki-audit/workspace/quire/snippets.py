"""Snippets: short texts with placeholders that editors put into new pages."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from quire.db import Database
from quire.errors import Invalid, NotFound
from quire.settings import Settings
from quire.text import stamp

_NAME = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True)
class Author:
    """The one who uses a snippet."""

    name: str
    display_name: str


@dataclass(frozen=True)
class Site:
    """The wiki a snippet is used in."""

    name: str
    settings: Settings

    @property
    def url(self) -> str:
        return self.settings.base_url


class Snippets:
    """Named snippets; everyone may use them, editors may change them."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings

    def all(self) -> list[sqlite3.Row]:
        return self._db.all("SELECT * FROM snippets ORDER BY name")

    def get(self, name: str) -> sqlite3.Row:
        row = self._db.one("SELECT * FROM snippets WHERE name = ?", name)
        if not row:
            raise NotFound("there is no such snippet")
        return row

    def save(self, name: str, body: str, author_id: int) -> None:
        if not _NAME.fullmatch(name) or not body.strip() or len(body) > 20_000:
            raise Invalid("a snippet has a name of letters, digits and -, and a text")
        self._db.run(
            "INSERT INTO snippets (name, body, author_id) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET body = excluded.body, author_id = excluded.author_id",
            name, body, author_id,
        )

    def remove(self, name: str) -> None:
        self._db.run("DELETE FROM snippets WHERE name = ?", name)

    def expand(self, name: str, user: sqlite3.Row, title: str) -> str:
        """Fill {title}, {date}, {user.name}, {user.display_name}, {site.name} and {site.url}."""
        body = self.get(name)["body"]
        values = {
            "title": title,
            "date": stamp(self._settings.now())[:10],
            "user": Author(user["name"], user["display_name"]),
            "site": Site(self._settings.site_name, self._settings),
        }
        try:
            return body.format(**values)
        except (KeyError, IndexError, ValueError, AttributeError, TypeError):
            raise Invalid("this snippet holds an unknown placeholder") from None
