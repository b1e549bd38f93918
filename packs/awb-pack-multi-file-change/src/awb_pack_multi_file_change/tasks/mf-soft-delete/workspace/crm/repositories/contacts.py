from __future__ import annotations

from .base import Repository

SELECT = """
    SELECT c.id, c.account_id, c.name, c.email, c.phone, c.created_at,
           (SELECT count(*) FROM activities v WHERE v.contact_id = c.id) AS activity_count
    FROM contacts c
"""
TAGS = """
    SELECT t.name FROM contact_tags x JOIN tags t ON t.id = x.tag_id
    WHERE x.contact_id = ? ORDER BY t.name
"""


class Contacts(Repository):
    table = "contacts"

    def get(self, number: int) -> dict | None:
        row = self.db.one(f"{SELECT} WHERE c.id = ?", (number,))
        return row and self._with_tags(row)

    def by_email(self, account: int, email: str) -> dict | None:
        row = self.db.one(f"{SELECT} WHERE c.account_id = ? AND c.email = ?", (account, email))
        return row and self._with_tags(row)

    def page(self, limit: int, offset: int) -> list[dict]:
        rows = self.db.all(f"{SELECT} ORDER BY c.id LIMIT ? OFFSET ?", (limit, offset))
        return [self._with_tags(row) for row in rows]

    def count(self) -> int:
        return self.db.value("SELECT count(*) FROM contacts")

    def of_account(self, account: int) -> list[dict]:
        rows = self.db.all(f"{SELECT} WHERE c.account_id = ? ORDER BY c.id", (account,))
        return [self._with_tags(row) for row in rows]

    def of_tag(self, tag: int) -> list[dict]:
        rows = self.db.all(
            f"{SELECT} JOIN contact_tags x ON x.contact_id = c.id WHERE x.tag_id = ? ORDER BY c.id",
            (tag,),
        )
        return [self._with_tags(row) for row in rows]

    def _with_tags(self, row: dict) -> dict:
        return {**row, "tags": [tag["name"] for tag in self.db.all(TAGS, (row["id"],))]}
