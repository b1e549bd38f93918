from __future__ import annotations

from .base import Repository

SELECT = """
    SELECT u.id, u.email, u.name, u.role, u.created_at,
           (SELECT count(*) FROM accounts a WHERE a.owner_id = u.id) AS account_count,
           (SELECT count(*) FROM deals d WHERE d.owner_id = u.id) AS deal_count
    FROM users u
"""


class Users(Repository):
    table = "users"

    def get(self, number: int) -> dict | None:
        return self.db.one(f"{SELECT} WHERE u.id = ?", (number,))

    def by_email(self, email: str) -> dict | None:
        return self.db.one(f"{SELECT} WHERE u.email = ?", (email,))

    def page(self, limit: int, offset: int) -> list[dict]:
        return self.db.all(f"{SELECT} ORDER BY u.id LIMIT ? OFFSET ?", (limit, offset))

    def count(self) -> int:
        return self.db.value("SELECT count(*) FROM users")

    def owned(self, number: int) -> list[tuple[str, int]]:
        """The accounts and deals of a user."""
        accounts = self.db.all("SELECT a.id FROM accounts a WHERE a.owner_id = ? ORDER BY a.id", (number,))
        deals = self.db.all("SELECT d.id FROM deals d WHERE d.owner_id = ? ORDER BY d.id", (number,))
        return [("accounts", row["id"]) for row in accounts] + [("deals", row["id"]) for row in deals]

    def reassign(self, number: int, to: int) -> dict:
        """Give everything that a user owns to another."""
        accounts = self.db.execute("UPDATE accounts SET owner_id = ? WHERE owner_id = ?", (to, number)).rowcount
        deals = self.db.execute("UPDATE deals SET owner_id = ? WHERE owner_id = ?", (to, number)).rowcount
        return {"accounts": accounts, "deals": deals}
