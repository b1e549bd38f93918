"""API tokens: `quire_` and 32 random bytes; only the digest is stored."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3

from quire import forms
from quire.db import Database
from quire.errors import Forbidden, Invalid, Unauthorized
from quire.http import Request
from quire.settings import Settings

SCOPES = ("read", "write")
MAX_TOKENS = 20


class ApiTokens:
    """The tokens of users."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings

    def of(self, user_id: int) -> list[sqlite3.Row]:
        return self._db.all(
            "SELECT id, label, scope, last_used FROM api_tokens WHERE user_id = ? ORDER BY id", user_id
        )

    def create(self, user_id: int, label: str, scope: str) -> str:
        """Make a token; it is shown once and never again."""
        forms.choice(scope, SCOPES, "scope")
        if not label.strip() or len(label) > 60:
            raise Invalid("a token needs a short label")
        if len(self.of(user_id)) >= MAX_TOKENS:
            raise Invalid("there are too many tokens")
        token = f"quire_{secrets.token_hex(32)}"
        self._db.run(
            "INSERT INTO api_tokens (user_id, label, digest, scope) VALUES (?, ?, ?, ?)",
            user_id, label.strip(), _digest(token), scope,
        )
        return token

    def revoke(self, user_id: int, token_id: int) -> None:
        self._db.run("DELETE FROM api_tokens WHERE id = ? AND user_id = ?", token_id, user_id)

    def authenticate(self, request: Request, scope: str) -> sqlite3.Row:
        """The user whose token a request carries.

        Raises:
            Unauthorized: there is no valid token.
            Forbidden: the token does not allow this.
        """
        kind, _, token = request.header("Authorization").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Unauthorized("a token is needed", headers={"WWW-Authenticate": "Bearer"})
        row = self._db.one(
            "SELECT t.id AS token_id, t.scope, u.* FROM api_tokens t JOIN users u ON u.id = t.user_id"
            " WHERE t.digest = ? AND u.active = 1",
            _digest(token.strip()),
        )
        if not row:
            raise Unauthorized("the token is not valid", headers={"WWW-Authenticate": "Bearer"})
        if scope == "write" and row["scope"] != "write":
            raise Forbidden("this token may only read")
        self._db.run(
            "UPDATE api_tokens SET last_used = ? WHERE id = ?", self._settings.now(), row["token_id"]
        )
        return row


def _digest(token: str) -> str:
    # A token is 256 random bits; unlike a password it needs no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()
