"""Who may do what. Everything that shows or changes pages asks here."""

from __future__ import annotations

import sqlite3

from quire.db import Database

VISIBILITIES = ("public", "members", "private")
User = sqlite3.Row | None


def is_admin(user: User) -> bool:
    return bool(user and user["role"] == "admin")


def is_editor(user: User) -> bool:
    return bool(user and user["role"] in ("editor", "admin"))


class Policy:
    """Decisions about single pages, and a condition for lists of them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def can_read(self, user: User, page: sqlite3.Row) -> bool:
        if page["visibility"] == "public":
            return True
        if not user:
            return False
        if page["visibility"] == "members" or is_admin(user) or page["owner_id"] == user["id"]:
            return True
        found = self._db.one(
            "SELECT 1 FROM readers WHERE page_id = ? AND user_id = ?", page["id"], user["id"]
        )
        return found is not None

    def can_edit(self, user: User, page: sqlite3.Row) -> bool:
        if not user or not self.can_read(user, page):
            return False
        if page["visibility"] == "private":
            return page["owner_id"] == user["id"] or is_admin(user)
        return True

    def can_manage(self, user: User, page: sqlite3.Row) -> bool:
        """Delete, rename, change the visibility."""
        return bool(user and (page["owner_id"] == user["id"] or is_admin(user)))

    def visible(self, user: User) -> tuple[str, list[object]]:
        """An SQL condition on `pages p`, with its values, for what a user may read."""
        if not user:
            return "(p.deleted = 0 AND p.visibility = 'public')", []
        if is_admin(user):
            return "(p.deleted = 0)", []
        return (
            "(p.deleted = 0 AND (p.visibility IN ('public', 'members') OR p.owner_id = ?"
            " OR EXISTS (SELECT 1 FROM readers r WHERE r.page_id = p.id AND r.user_id = ?)))",
            [user["id"], user["id"]],
        )
