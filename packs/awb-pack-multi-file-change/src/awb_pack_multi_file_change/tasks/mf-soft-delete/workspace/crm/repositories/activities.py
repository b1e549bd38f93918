from __future__ import annotations

from .base import Repository

SELECT = """
    SELECT v.id, v.account_id, v.contact_id, v.deal_id, v.kind, v.subject, v.done, v.created_at,
           (SELECT count(*) FROM attachments f WHERE f.activity_id = v.id) AS attachment_count
    FROM activities v
"""


class Activities(Repository):
    table = "activities"

    def get(self, number: int) -> dict | None:
        row = self.db.one(f"{SELECT} WHERE v.id = ?", (number,))
        return row and self._shaped(row)

    def page(self, limit: int, offset: int) -> list[dict]:
        return [self._shaped(row) for row in self.db.all(f"{SELECT} ORDER BY v.id LIMIT ? OFFSET ?", (limit, offset))]

    def count(self) -> int:
        return self.db.value("SELECT count(*) FROM activities")

    def of_account(self, account: int) -> list[dict]:
        return [self._shaped(row) for row in self.db.all(f"{SELECT} WHERE v.account_id = ? ORDER BY v.id", (account,))]

    def of_contact(self, contact: int) -> list[dict]:
        return [self._shaped(row) for row in self.db.all(f"{SELECT} WHERE v.contact_id = ? ORDER BY v.id", (contact,))]

    def of_deal(self, deal: int) -> list[dict]:
        return [self._shaped(row) for row in self.db.all(f"{SELECT} WHERE v.deal_id = ? ORDER BY v.id", (deal,))]

    @staticmethod
    def _shaped(row: dict) -> dict:
        return {**row, "done": bool(row["done"])}
