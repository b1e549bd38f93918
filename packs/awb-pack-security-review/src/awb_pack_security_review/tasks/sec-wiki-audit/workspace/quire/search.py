"""Full-text search."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from quire.db import Database
from quire.errors import Invalid
from quire.policy import Policy, User
from quire.templates import Markup
from quire.text import excerpt

FIELDS = ("title", "updated", "views")
MAX_WORDS = 8


@dataclass(frozen=True)
class Hit:
    """A page that was found."""

    page: sqlite3.Row
    excerpt: Markup


class Search:
    """Finds pages by words, tags and authors."""

    def __init__(self, db: Database, policy: Policy) -> None:
        self._db = db
        self._policy = policy

    def find(
        self, user: User, query: str, *, tags: Sequence[str] = (), author: str = "",
        sort: str = "title", limit: int = 50,
    ) -> list[Hit]:
        """Readable pages that hold every word of the query; `sort` may end in `-desc`."""
        words = query.split()[:MAX_WORDS]
        condition, values = self._policy.visible(user)
        clauses = ["p.moved_to = ''", condition]
        for word in words:
            pattern = f"%{_like(word)}%"
            clauses.append("(p.title LIKE ? ESCAPE '\\' OR r.text LIKE ? ESCAPE '\\')")
            values += [pattern, pattern]
        for tag in tags:
            clauses.append("EXISTS (SELECT 1 FROM tags t WHERE t.page_id = p.id AND t.tag = ?)")
            values.append(tag)
        if author:
            clauses.append("r.author_id = (SELECT u.id FROM users u WHERE u.name = ?)")
            values.append(author)
        sql = (
            "SELECT p.*, r.text FROM pages p JOIN revisions r ON r.id = p.current WHERE "
            + " AND ".join(clauses)
            + f" ORDER BY {_ordering(sort)} LIMIT ?"
        )
        try:
            rows = self._db.all(sql, *values, limit)
        except sqlite3.Error:
            raise Invalid("this search cannot be done") from None
        first = words[0] if words else ""
        return [Hit(row, highlight(excerpt(row["text"], first), words)) for row in rows]

    def suggest(self, user: User, start: str, limit: int = 10) -> list[str]:
        condition, values = self._policy.visible(user)
        rows = self._db.all(
            f"SELECT p.title FROM pages p WHERE p.moved_to = '' AND {condition}"
            " AND p.title LIKE ? ESCAPE '\\' ORDER BY p.title LIMIT ?",
            *values, f"{_like(start)}%", limit,
        )
        return [row["title"] for row in rows]


def _like(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def _ordering(sort: str) -> str:
    """`updated-desc` -> `p.updated DESC`."""
    field, _, direction = sort.partition("-")
    if not field.startswith(FIELDS):
        field = "title"
    return f"p.{field} {'DESC' if direction == 'desc' else 'ASC'}, p.id"


def highlight(text: str, words: Sequence[str]) -> Markup:
    """Mark the words in a text, which is escaped first."""
    safe = html.escape(text)
    wanted = sorted({html.escape(word) for word in words if len(word) > 1}, key=len, reverse=True)
    if wanted:
        pattern = "|".join(re.escape(word) for word in wanted)
        safe = re.sub(rf"({pattern})|(&[a-z0-9#]+;)", _mark, safe, flags=re.IGNORECASE)
    return Markup(safe)


def _mark(match: re.Match[str]) -> str:
    return f"<mark>{match[0]}</mark>" if match[1] else match[0]
