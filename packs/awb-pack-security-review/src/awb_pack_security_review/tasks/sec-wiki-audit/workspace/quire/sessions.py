"""Browser sessions, kept in the database."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from quire.db import Database
from quire.http import Request, Response
from quire.settings import Settings

COOKIE = "quire_session"
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass
class Session:
    """One browser; `user_id` is None before login."""

    id: str
    user_id: int | None
    csrf: str
    flash: str
    new: bool = False


class Sessions:
    """Load, start and end sessions."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings

    def load(self, request: Request) -> Session:
        """The session of a request; a new anonymous one when there is none."""
        given = request.cookies.get(COOKIE, "")
        if _ID.fullmatch(given):
            row = self._db.one("SELECT * FROM sessions WHERE id = ?", given)
            if row and row["expires"] > self._settings.now():
                return Session(row["id"], row["user_id"], row["csrf"], row["flash"])
            self._db.run("DELETE FROM sessions WHERE id = ?", given)
        return Session(secrets.token_urlsafe(24), None, secrets.token_urlsafe(24), "", new=True)

    def store(self, session: Session) -> None:
        expires = self._settings.now() + self._settings.session_days * 86400
        self._db.run(
            "INSERT INTO sessions (id, user_id, csrf, flash, expires) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, csrf = excluded.csrf,"
            " flash = excluded.flash, expires = excluded.expires",
            session.id, session.user_id, session.csrf, session.flash, expires,
        )
        session.new = False

    def login(self, session: Session, user_id: int) -> None:
        """Make the session one of a user."""
        session.user_id = user_id
        session.csrf = secrets.token_urlsafe(24)
        self.store(session)

    def logout(self, session: Session) -> None:
        self._db.run("DELETE FROM sessions WHERE id = ?", session.id)
        session.id = secrets.token_urlsafe(24)
        session.user_id = None
        session.csrf = secrets.token_urlsafe(24)

    def end_all(self, user_id: int, *, keep: str = "") -> None:
        """End every session of a user, as after a change of password."""
        self._db.run("DELETE FROM sessions WHERE user_id = ? AND id <> ?", user_id, keep)

    def remember(self, session: Session, response: Response) -> None:
        response.set_cookie(
            COOKIE,
            session.id,
            max_age=self._settings.session_days * 86400,
            secure=self._settings.secure_cookies,
        )

    def sweep(self) -> int:
        return self._db.run("DELETE FROM sessions WHERE expires <= ?", self._settings.now())
