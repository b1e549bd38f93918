"""Webhooks: other systems hear of changes."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
from collections.abc import Mapping
from urllib.parse import urlsplit

from quire.db import Database
from quire.errors import Invalid, NotFound
from quire.net import Delivery
from quire.settings import Settings
from quire.text import iso

EVENTS = ("page.created", "page.edited", "page.deleted")
PORTS = (None, 80, 443, 8080, 8443)
MAX_HOOKS = 20
_INTERNAL = ("localhost", "127.", "0.", "10.", "192.168.", "169.254.", "[::1]", "metadata.")


class Webhooks:
    """The hooks of users, and their deliveries."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings

    def of(self, owner_id: int) -> list[sqlite3.Row]:
        return self._db.all("SELECT * FROM webhooks WHERE owner_id = ? ORDER BY id", owner_id)

    def get(self, owner_id: int, hook_id: int) -> sqlite3.Row:
        row = self._db.one(
            "SELECT * FROM webhooks WHERE id = ? AND owner_id = ?", hook_id, owner_id
        )
        if not row:
            raise NotFound("there is no such webhook")
        return row

    def add(self, owner_id: int, url: str, events: list[str]) -> int:
        """Register a hook; only addresses outside of our own network are allowed."""
        check_target(url)
        wanted = sorted(set(events) & set(EVENTS))
        if not wanted:
            raise Invalid("choose at least one event")
        if len(self.of(owner_id)) >= MAX_HOOKS:
            raise Invalid("there are too many webhooks")
        return self._db.insert(
            "INSERT INTO webhooks (owner_id, url, secret, events) VALUES (?, ?, ?, ?)",
            owner_id, url, secrets.token_hex(24), " ".join(wanted),
        )

    def remove(self, owner_id: int, hook_id: int) -> None:
        self._db.run("DELETE FROM webhooks WHERE id = ?", self.get(owner_id, hook_id)["id"])

    def fire(self, event: str, page: Mapping[str, object], readers: set[int]) -> int:
        """Tell the hooks of those who may read the page; returns the number of deliveries."""
        sent = 0
        for hook in self._db.all("SELECT * FROM webhooks ORDER BY id"):
            if event in hook["events"].split() and hook["owner_id"] in readers:
                payload = {"event": event, "slug": page["slug"], "title": page["title"]}
                sent += self._deliver(hook, payload)
        return sent

    def ping(self, hook: sqlite3.Row) -> bool:
        return bool(self._deliver(hook, {"event": "ping"}))

    def _deliver(self, hook: sqlite3.Row, payload: dict[str, object]) -> int:
        payload = {**payload, "at": iso(self._settings.now())}
        body = json.dumps(payload, sort_keys=True).encode()
        host = urlsplit(hook["url"]).hostname or ""
        addresses = self._settings.resolve(host)
        if not addresses:
            self._note(hook, 0)
            return 0
        delivery = Delivery(
            url=hook["url"],
            address=addresses[0],
            body=body,
            headers={
                "Content-Type": "application/json",
                "User-Agent": "Quire",
                "X-Quire-Signature": signature(hook["secret"], body),
            },
        )
        try:
            status = self._settings.send(delivery)
        except OSError:
            status = 0
        self._note(hook, status)
        return 1

    def _note(self, hook: sqlite3.Row, status: int) -> None:
        self._db.run("UPDATE webhooks SET last_status = ? WHERE id = ?", status, hook["id"])


def check_target(url: str) -> None:
    """Refuse what is no web address, and hosts of our own network.

    Raises:
        Invalid: the hook must not go there.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Invalid("this is no web address") from None
    if parts.scheme not in ("http", "https") or not host or len(url) > 500:
        raise Invalid("this is no web address")
    if parts.username or parts.password or port not in PORTS:
        raise Invalid("user names and unusual ports are not allowed")
    if host.startswith(_INTERNAL) or host.endswith((".local", ".internal")):
        raise Invalid("this address is inside of our own network")


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
