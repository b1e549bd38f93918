from __future__ import annotations

from .base import Repository

SELECT = """
    SELECT f.id, f.activity_id, f.filename, f.size, f.created_at
    FROM attachments f
"""


class Attachments(Repository):
    table = "attachments"

    def get(self, number: int) -> dict | None:
        return self.db.one(f"{SELECT} WHERE f.id = ?", (number,))

    def page(self, limit: int, offset: int) -> list[dict]:
        return self.db.all(f"{SELECT} ORDER BY f.id LIMIT ? OFFSET ?", (limit, offset))

    def count(self) -> int:
        return self.db.value("SELECT count(*) FROM attachments")

    def of_activity(self, activity: int) -> list[dict]:
        return self.db.all(f"{SELECT} WHERE f.activity_id = ? ORDER BY f.id", (activity,))
