"""What the repositories share: writing. Reading is different for each, because each has computed fields."""

from __future__ import annotations

from ..db import Database


class Repository:
    table = ""

    def __init__(self, db: Database) -> None:
        self.db = db

    def insert(self, values: dict) -> int:
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        return self.db.execute(f"INSERT INTO {self.table} ({names}) VALUES ({marks})", values).lastrowid

    def update(self, number: int, values: dict) -> bool:
        changes = ", ".join(f"{name} = :{name}" for name in values)
        cursor = self.db.execute(f"UPDATE {self.table} SET {changes} WHERE id = :id", {**values, "id": number})
        return cursor.rowcount > 0

    def delete(self, number: int) -> bool:
        return self.db.execute(f"DELETE FROM {self.table} WHERE id = ?", (number,)).rowcount > 0

    def referring(self, column: str, number: int) -> list[int]:
        """The ids of the rows that refer to a row."""
        rows = self.db.all(f"SELECT id FROM {self.table} WHERE {column} = ? ORDER BY id", (number,))
        return [row["id"] for row in rows]

    def move(self, column: str, old: int, new: int) -> None:
        """Let the rows that refer to one row refer to another."""
        self.db.execute(f"UPDATE {self.table} SET {column} = ? WHERE {column} = ?", (new, old))

    def get(self, number: int) -> dict | None:
        raise NotImplementedError

    def exists(self, number: int) -> bool:
        return self.get(number) is not None
