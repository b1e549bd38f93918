"""Pages and their revisions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from quire.db import Database
from quire.errors import Conflict, Invalid, NotFound, TooLarge
from quire.policy import VISIBILITIES, Policy, User
from quire.settings import Settings
from quire.text import SLUG, slugify

LIST_ORDERS = {
    "title": "p.title COLLATE NOCASE ASC",
    "recent": "p.updated DESC, p.id DESC",
    "views": "p.views DESC, p.title COLLATE NOCASE ASC",
}


class Pages:
    """The store of pages."""

    def __init__(self, db: Database, settings: Settings, policy: Policy) -> None:
        self._db = db
        self._settings = settings
        self._policy = policy

    def by_slug(self, slug: str) -> sqlite3.Row:
        row = self._db.one("SELECT * FROM pages WHERE slug = ? AND deleted = 0", slug)
        if not row:
            raise NotFound("there is no such page")
        return row

    def by_id(self, page_id: int) -> sqlite3.Row:
        row = self._db.one("SELECT * FROM pages WHERE id = ? AND deleted = 0", page_id)
        if not row:
            raise NotFound("there is no such page")
        return row

    def create(
        self, title: str, text: str, owner_id: int, *, visibility: str = "members",
        tags: Sequence[str] = (), comment: str = "", slug: str = "",
    ) -> sqlite3.Row:
        """Add a page with its first revision."""
        title = " ".join(title.split())
        slug = slug or slugify(title)
        if not title or len(title) > 200 or not SLUG.fullmatch(slug):
            raise Invalid("this title cannot be used")
        self._check(text, visibility)
        if self._db.one("SELECT 1 FROM pages WHERE slug = ?", slug):
            raise Conflict("there is a page with this title, or there was one")
        now = self._settings.now()
        with self._db.transaction():
            page_id = self._db.insert(
                "INSERT INTO pages (slug, title, owner_id, visibility, updated) VALUES (?, ?, ?, ?, ?)",
                slug, title, owner_id, visibility, now,
            )
            self._add_revision(page_id, owner_id, text, comment)
            self._set_tags(page_id, tags)
        return self.by_id(page_id)

    def edit(
        self, page: sqlite3.Row, author_id: int, text: str, *, comment: str = "",
        tags: Sequence[str] | None = None, base: int | None = None,
    ) -> sqlite3.Row:
        """Add a revision; `base` is the revision that the author has seen."""
        self._check(text, page["visibility"])
        if base is not None and base != page["current"]:
            raise Conflict("somebody else has changed the page meanwhile")
        with self._db.transaction():
            if text != self.text(page):
                self._add_revision(page["id"], author_id, text, comment)
            if tags is not None:
                self._set_tags(page["id"], tags)
        return self.by_id(page["id"])

    def _check(self, text: str, visibility: str) -> None:
        if len(text) > self._settings.max_page_chars:
            raise TooLarge("the page is too long")
        if visibility not in VISIBILITIES:
            raise Invalid(f"visibility is one of {', '.join(VISIBILITIES)}")

    def _add_revision(self, page_id: int, author_id: int, text: str, comment: str) -> None:
        now = self._settings.now()
        revision = self._db.insert(
            "INSERT INTO revisions (page_id, author_id, text, comment, at) VALUES (?, ?, ?, ?, ?)",
            page_id, author_id, text.replace("\r\n", "\n"), comment[:200], now,
        )
        self._db.run("UPDATE pages SET current = ?, updated = ? WHERE id = ?", revision, now, page_id)

    def _set_tags(self, page_id: int, tags: Iterable[str]) -> None:
        self._db.run("DELETE FROM tags WHERE page_id = ?", page_id)
        for tag in tags:
            self._db.run("INSERT OR IGNORE INTO tags (page_id, tag) VALUES (?, ?)", page_id, tag)

    def text(self, page: sqlite3.Row) -> str:
        row = self._db.one("SELECT text FROM revisions WHERE id = ?", page["current"])
        return row["text"] if row else ""

    def tags(self, page: sqlite3.Row) -> list[str]:
        rows = self._db.all("SELECT tag FROM tags WHERE page_id = ? ORDER BY tag", page["id"])
        return [row["tag"] for row in rows]

    def revisions(self, page: sqlite3.Row) -> list[sqlite3.Row]:
        return self._db.all(
            "SELECT r.*, u.name AS author FROM revisions r JOIN users u ON u.id = r.author_id"
            " WHERE r.page_id = ? ORDER BY r.id DESC",
            page["id"],
        )

    def revision(self, revision_id: int) -> sqlite3.Row:
        row = self._db.one(
            "SELECT r.*, u.name AS author FROM revisions r JOIN users u ON u.id = r.author_id"
            " WHERE r.id = ?",
            revision_id,
        )
        if not row:
            raise NotFound("there is no such revision")
        return row

    def rename(self, page: sqlite3.Row, title: str) -> sqlite3.Row:
        """Give a page a new title; the old address leads to the new one."""
        slug = slugify(title)
        if not SLUG.fullmatch(slug) or len(title) > 200:
            raise Invalid("this title cannot be used")
        if slug != page["slug"] and self._db.one("SELECT 1 FROM pages WHERE slug = ?", slug):
            raise Conflict("there is a page with this title, or there was one")
        with self._db.transaction():
            self._db.run("UPDATE pages SET slug = ?, title = ? WHERE id = ?", slug, title, page["id"])
            if slug != page["slug"]:
                self._db.insert(
                    "INSERT INTO pages (slug, title, owner_id, visibility, moved_to, updated)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    page["slug"], page["title"], page["owner_id"], page["visibility"], slug,
                    self._settings.now(),
                )
        return self.by_id(page["id"])

    def set_visibility(self, page: sqlite3.Row, visibility: str, readers: Iterable[int]) -> None:
        self._check("", visibility)
        with self._db.transaction():
            self._db.run(
                "UPDATE pages SET visibility = ? WHERE id = ? OR moved_to = ?",
                visibility, page["id"], page["slug"],
            )
            self._db.run("DELETE FROM readers WHERE page_id = ?", page["id"])
            for user_id in readers:
                self._db.run(
                    "INSERT OR IGNORE INTO readers (page_id, user_id) VALUES (?, ?)",
                    page["id"], user_id,
                )

    def readers(self, page: sqlite3.Row) -> list[str]:
        rows = self._db.all(
            "SELECT u.name FROM readers r JOIN users u ON u.id = r.user_id"
            " WHERE r.page_id = ? ORDER BY u.name",
            page["id"],
        )
        return [row["name"] for row in rows]

    def delete(self, page: sqlite3.Row) -> None:
        self._db.run("UPDATE pages SET deleted = 1 WHERE id = ?", page["id"])

    def count_view(self, page: sqlite3.Row) -> None:
        self._db.run("UPDATE pages SET views = views + 1 WHERE id = ?", page["id"])

    def listing(
        self, user: User, *, order: str = "title", tag: str = "", limit: int = 50, offset: int = 0
    ) -> list[sqlite3.Row]:
        """Pages a user may read."""
        condition, values = self._policy.visible(user)
        if tag:
            condition += " AND EXISTS (SELECT 1 FROM tags t WHERE t.page_id = p.id AND t.tag = ?)"
            values.append(tag)
        ordering = LIST_ORDERS.get(order, LIST_ORDERS["title"])
        sql = (
            f"SELECT p.* FROM pages p WHERE p.moved_to = '' AND {condition}"
            f" ORDER BY {ordering} LIMIT ? OFFSET ?"
        )
        return self._db.all(sql, *values, limit, offset)

    def by_slugs(self, user: User, slugs: Sequence[str]) -> list[sqlite3.Row]:
        """Those of the named pages that a user may read."""
        condition, values = self._policy.visible(user)
        marks = ", ".join("?" for _ in slugs)
        sql = f"SELECT p.* FROM pages p WHERE {condition} AND p.slug IN ({marks}) ORDER BY p.slug"
        return self._db.all(sql, *values, *slugs)

    def tag_counts(self, user: User) -> list[sqlite3.Row]:
        condition, values = self._policy.visible(user)
        return self._db.all(
            "SELECT t.tag, COUNT(*) AS n FROM tags t JOIN pages p ON p.id = t.page_id"
            f" WHERE p.moved_to = '' AND {condition} GROUP BY t.tag ORDER BY n DESC, t.tag",
            *values,
        )

    def backlinks(self, user: User, page: sqlite3.Row) -> list[sqlite3.Row]:
        """Readable pages whose text links to a page."""
        condition, values = self._policy.visible(user)
        rows = self._db.all(
            "SELECT p.*, r.text FROM pages p JOIN revisions r ON r.id = p.current"
            f" WHERE p.moved_to = '' AND {condition} AND instr(r.text, '[[') > 0 ORDER BY p.slug",
            *values,
        )
        from quire.markup import linked_slugs

        return [row for row in rows if page["slug"] in linked_slugs(row["text"])]
