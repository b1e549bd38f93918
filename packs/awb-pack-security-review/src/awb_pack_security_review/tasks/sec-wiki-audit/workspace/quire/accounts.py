"""Users: registration, login, profile, lost passwords."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import string
from collections.abc import Mapping

from quire import forms, passwords
from quire.db import Database
from quire.errors import Conflict, Forbidden, Invalid, TooMany
from quire.mail import Outbox
from quire.settings import Settings

ROLES = ("member", "editor", "admin")
_TOKEN_ALPHABET = string.ascii_letters + string.digits


class Accounts:
    """The table of users and what belongs to it."""

    def __init__(self, db: Database, settings: Settings, outbox: Outbox) -> None:
        self._db = db
        self._settings = settings
        self._outbox = outbox
        self._decoy = passwords.hash_password("nobody has this one", settings.password_rounds)

    def by_id(self, user_id: int | None) -> sqlite3.Row | None:
        if user_id is None:
            return None
        return self._db.one("SELECT * FROM users WHERE id = ? AND active = 1", user_id)

    def by_name(self, name: str) -> sqlite3.Row | None:
        return self._db.one("SELECT * FROM users WHERE name = ?", name)

    def everyone(self) -> list[sqlite3.Row]:
        return self._db.all("SELECT * FROM users ORDER BY name")

    def create(self, name: str, email: str, password: str, role: str = "member") -> int:
        """Add a user.

        Raises:
            Invalid: a field is not acceptable.
            Conflict: name or address is taken.
        """
        forms.user_name(name)
        forms.email(email)
        forms.choice(role, ROLES, "role")
        passwords.check_strength(password)
        hashed = passwords.hash_password(password, self._settings.password_rounds)
        try:
            return self._db.insert(
                "INSERT INTO users (name, email, password, role, display_name, created)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                name, email, hashed, role, name, self._settings.now(),
            )
        except sqlite3.IntegrityError:
            raise Conflict("this name or address is taken") from None

    def authenticate(self, name: str, password: str, address: str) -> sqlite3.Row:
        """Check a login; it costs the same time whether the user exists or not.

        Raises:
            Forbidden: unknown name or wrong password.
            TooMany: too many failures for this name and address.
        """
        key = f"login:{name.lower()}:{address}"
        self._throttle(key)
        user = self.by_name(name)
        right = passwords.verify_password(password, user["password"] if user else self._decoy)
        if not user or not right or not user["active"]:
            self._db.run("INSERT INTO attempts (key, at) VALUES (?, ?)", key, self._settings.now())
            raise Forbidden("name or password is wrong")
        self._db.run("DELETE FROM attempts WHERE key = ?", key)
        return user

    def update_profile(self, user_id: int, changes: Mapping[str, str]) -> None:
        """Store the fields of a profile form."""
        known = {row["name"] for row in self._db.all("PRAGMA table_info(users)")}
        for name, value in changes.items():
            if name not in known or name in ("id", "name", "password", "created"):
                continue
            if name == "email":
                forms.email(value)
            if name == "timezone":
                forms.choice(value, forms.ZONES, "timezone")
            if len(value) > 2000:
                raise Invalid(f"{name} is too long")
            try:
                self._db.run(f"UPDATE users SET {name} = ? WHERE id = ?", value, user_id)
            except sqlite3.IntegrityError:
                raise Conflict("this address is taken") from None

    def set_password(self, user_id: int, password: str) -> None:
        passwords.check_strength(password)
        hashed = passwords.hash_password(password, self._settings.password_rounds)
        self._db.run("UPDATE users SET password = ? WHERE id = ?", hashed, user_id)
        self._db.run("DELETE FROM resets WHERE user_id = ?", user_id)

    def set_role(self, user_id: int, role: str) -> None:
        forms.choice(role, ROLES, "role")
        self._db.run("UPDATE users SET role = ? WHERE id = ?", role, user_id)

    def set_active(self, user_id: int, active: bool) -> None:
        self._db.run("UPDATE users SET active = ? WHERE id = ?", int(active), user_id)
        if not active:
            self._db.run("DELETE FROM sessions WHERE user_id = ?", user_id)
            self._db.run("DELETE FROM api_tokens WHERE user_id = ?", user_id)

    def request_reset(self, email: str, address: str) -> None:
        """Mail a link for a new password, if the address is known; never say whether it is."""
        key = f"reset:{address}"
        self._throttle(key)
        now = self._settings.now()
        self._db.run("INSERT INTO attempts (key, at) VALUES (?, ?)", key, now)
        user = self._db.one("SELECT * FROM users WHERE email = ? AND active = 1", email)
        if not user:
            return
        source = random.Random(f"{user['id']}:{int(now)}")
        token = "".join(source.choice(_TOKEN_ALPHABET) for _ in range(40))
        expires = now + self._settings.reset_minutes * 60
        with self._db.transaction():
            self._db.run("DELETE FROM resets WHERE user_id = ?", user["id"])
            self._db.run(
                "INSERT INTO resets (token, user_id, expires) VALUES (?, ?, ?)",
                _digest(token), user["id"], expires,
            )
        link = f"{self._settings.base_url}/reset/{token}"
        self._outbox.send(user["email"], "A new password", f"Follow this link: {link}\n")

    def reset_owner(self, token: str) -> sqlite3.Row | None:
        """The user a reset link belongs to, while it is valid."""
        row = self._db.one("SELECT * FROM resets WHERE token = ?", _digest(token))
        if not row or row["expires"] < self._settings.now():
            return None
        return self.by_id(row["user_id"])

    def _throttle(self, key: str) -> None:
        since = self._settings.now() - self._settings.login_window_seconds
        self._db.run("DELETE FROM attempts WHERE at < ?", since)
        row = self._db.one("SELECT COUNT(*) AS n FROM attempts WHERE key = ?", key)
        if row and row["n"] >= self._settings.login_attempts:
            raise TooMany("too many attempts; try again later")


def _digest(token: str) -> str:
    """What is stored of a token, so that a copy of the database opens no account."""
    return hashlib.sha256(token.encode()).hexdigest()
