"""Saved searches: named queries of a user, which can be handed to a colleague as a file."""

from __future__ import annotations

import base64
import pickle
import sqlite3
from typing import Any

from quire.db import Database
from quire.errors import Invalid

HEADER = "quire-searches/1\n"
MAX_SEARCHES = 100
_KEYS = ("name", "query", "tags", "sort")


class SavedSearches:
    """The saved searches of users."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, user_id: int) -> list[sqlite3.Row]:
        return self._db.all("SELECT * FROM saved_searches WHERE user_id = ? ORDER BY name", user_id)

    def get(self, user_id: int, name: str) -> sqlite3.Row | None:
        return self._db.one(
            "SELECT * FROM saved_searches WHERE user_id = ? AND name = ?", user_id, name
        )

    def save(self, user_id: int, name: str, query: str, tags: str, sort: str) -> None:
        if not name.strip() or len(name) > 60 or len(query) > 400 or len(tags) > 400:
            raise Invalid("a saved search needs a short name and a query of bearable length")
        if len(self.of(user_id)) >= MAX_SEARCHES:
            raise Invalid("there are too many saved searches")
        self._db.run(
            "INSERT INTO saved_searches (user_id, name, query, tags, sort) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (user_id, name) DO UPDATE SET query = excluded.query,"
            " tags = excluded.tags, sort = excluded.sort",
            user_id, name.strip(), query, tags, sort[:20],
        )

    def remove(self, user_id: int, name: str) -> None:
        self._db.run("DELETE FROM saved_searches WHERE user_id = ? AND name = ?", user_id, name)

    def dump(self, user_id: int) -> str:
        """All searches of a user as a text to hand on."""
        entries = [{key: row[key] for key in _KEYS} for row in self.of(user_id)]
        return HEADER + base64.b64encode(pickle.dumps(entries, protocol=4)).decode() + "\n"

    def restore(self, user_id: int, text: str) -> int:
        """Take over the searches of a dump; returns how many there were."""
        if not text.startswith(HEADER):
            raise Invalid("this is no file of saved searches")
        try:
            entries = pickle.loads(base64.b64decode(text[len(HEADER) :]))
        except Exception:
            raise Invalid("this file of saved searches is damaged") from None
        if not isinstance(entries, list):
            raise Invalid("this file of saved searches is damaged")
        for entry in entries[:MAX_SEARCHES]:
            self._restore_one(user_id, entry)
        return len(entries)

    def _restore_one(self, user_id: int, entry: Any) -> None:
        if not isinstance(entry, dict) or any(not isinstance(entry.get(k), str) for k in _KEYS):
            raise Invalid("this file of saved searches is damaged")
        self.save(user_id, *(entry[key] for key in _KEYS))
