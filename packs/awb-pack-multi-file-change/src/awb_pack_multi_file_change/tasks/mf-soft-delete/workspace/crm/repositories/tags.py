from __future__ import annotations

from .base import Repository

SELECT = """
    SELECT t.id, t.name, t.created_at,
           (SELECT count(*) FROM contact_tags x JOIN contacts c ON c.id = x.contact_id
            WHERE x.tag_id = t.id) AS contact_count
    FROM tags t
"""


class Tags(Repository):
    table = "tags"

    def get(self, number: int) -> dict | None:
        return self.db.one(f"{SELECT} WHERE t.id = ?", (number,))

    def by_name(self, name: str) -> dict | None:
        return self.db.one(f"{SELECT} WHERE t.name = ? COLLATE NOCASE", (name,))

    def page(self, limit: int, offset: int) -> list[dict]:
        return self.db.all(f"{SELECT} ORDER BY t.id LIMIT ? OFFSET ?", (limit, offset))

    def count(self) -> int:
        return self.db.value("SELECT count(*) FROM tags")

    def attach(self, contact: int, tag: int) -> bool:
        cursor = self.db.execute("INSERT OR IGNORE INTO contact_tags (contact_id, tag_id) VALUES (?, ?)", (contact, tag))
        return cursor.rowcount > 0

    def detach(self, contact: int, tag: int) -> bool:
        cursor = self.db.execute("DELETE FROM contact_tags WHERE contact_id = ? AND tag_id = ?", (contact, tag))
        return cursor.rowcount > 0

    def copy(self, contact: int, to: int) -> None:
        """Put the tags of a contact on another as well."""
        self.db.execute(
            "INSERT OR IGNORE INTO contact_tags (contact_id, tag_id) SELECT ?, tag_id FROM contact_tags WHERE contact_id = ?",
            (to, contact),
        )
