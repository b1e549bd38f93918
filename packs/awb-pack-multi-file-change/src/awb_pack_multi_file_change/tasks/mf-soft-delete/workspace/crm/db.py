"""The database: opening, transactions, and errors of SQLite as errors of the CRM."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from .errors import Conflict, Invalid, Referenced

SCHEMA = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION = 1


class Database:
    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("PRAGMA foreign_keys = ON")
        self._depth = 0
        self._prepare()

    def _prepare(self) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version == SCHEMA_VERSION:
            return
        if version != 0:
            raise Invalid(f"the database has version {version}; this program knows {SCHEMA_VERSION}")
        script = SCHEMA.read_text(encoding="utf-8")
        self.connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {SCHEMA_VERSION};\nCOMMIT;")

    def close(self) -> None:
        self.connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; transactions may be nested."""
        name = f"level{self._depth}"
        self.connection.execute("BEGIN" if self._depth == 0 else f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self.connection.execute("ROLLBACK")
            else:
                self.connection.execute(f"ROLLBACK TO {name}")
                self.connection.execute(f"RELEASE {name}")
            raise
        self._depth -= 1
        self.connection.execute("COMMIT" if self._depth == 0 else f"RELEASE {name}")

    def execute(self, sql: str, values: tuple | dict = ()) -> sqlite3.Cursor:
        try:
            return self.connection.execute(sql, values)
        except sqlite3.IntegrityError as error:
            text = str(error)
            if text.startswith("UNIQUE"):
                raise Conflict(text) from error
            if text.startswith("FOREIGN KEY"):
                raise Referenced(text) from error
            raise Invalid(text) from error

    def one(self, sql: str, values: tuple | dict = ()) -> dict | None:
        row = self.execute(sql, values).fetchone()
        return None if row is None else dict(row)

    def all(self, sql: str, values: tuple | dict = ()) -> list[dict]:
        return [dict(row) for row in self.execute(sql, values)]

    def value(self, sql: str, values: tuple | dict = ()) -> object:
        row = self.execute(sql, values).fetchone()
        return None if row is None else row[0]
