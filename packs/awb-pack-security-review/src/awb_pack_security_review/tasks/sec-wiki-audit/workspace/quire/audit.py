"""The audit log."""

from __future__ import annotations

import csv
import io
import sqlite3

from quire.db import Database
from quire.settings import Settings
from quire.text import iso

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Audit:
    """Who did what, and when."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings

    def note(self, actor: str, action: str, detail: str = "") -> None:
        line = " ".join(detail.split())[:500]
        self._db.run(
            "INSERT INTO audit (at, actor, action, detail) VALUES (?, ?, ?, ?)",
            self._settings.now(), actor, action, line,
        )

    def recent(self, limit: int = 200) -> list[sqlite3.Row]:
        return self._db.all("SELECT * FROM audit ORDER BY id DESC LIMIT ?", limit)

    def as_csv(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["at", "actor", "action", "detail"])
        for row in self.recent(10_000):
            writer.writerow([iso(row["at"]), _cell(row["actor"]), row["action"], _cell(row["detail"])])
        return out.getvalue()


def _cell(text: str) -> str:
    """Keep a spreadsheet from reading a cell as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
