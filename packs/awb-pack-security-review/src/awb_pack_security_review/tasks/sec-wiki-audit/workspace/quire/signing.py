"""Signatures over values that leave the server and come back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any


class BadSignature(Exception):
    """A value was not signed by us, or its time is over."""


class Signer:
    """Signs with a key derived from the site's secret, one for each purpose."""

    def __init__(self, secret: str, purpose: str, now: Callable[[], float]) -> None:
        self._key = hashlib.sha256(f"quire:{purpose}:{secret}".encode()).digest()
        self._now = now

    def digest(self, data: bytes) -> str:
        return hmac.new(self._key, data, hashlib.sha256).hexdigest()

    def seal(self, data: bytes) -> bytes:
        """Prefix data with its signature."""
        return self.digest(data).encode() + b"." + data

    def unseal(self, sealed: bytes) -> bytes:
        """Return what `seal` was given.

        Raises:
            BadSignature: somebody else wrote or changed it.
        """
        given, _, data = sealed.partition(b".")
        if not hmac.compare_digest(given, self.digest(data).encode()):
            raise BadSignature
        return data

    def token(self, value: Any, *, seconds: float) -> str:
        """A text that carries `value` until its time is over."""
        body = json.dumps([value, self._now() + seconds], separators=(",", ":")).encode()
        return f"{base64.urlsafe_b64encode(body).decode().rstrip('=')}.{self.digest(body)}"

    def read(self, token: str) -> Any:
        """The value of a token.

        Raises:
            BadSignature: it is not ours, or its time is over.
        """
        text, _, given = token.partition(".")
        try:
            body = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            raise BadSignature from None
        if not self.matches(body, given):
            raise BadSignature
        value, expires = json.loads(body)
        if self._now() > expires:
            raise BadSignature
        return value

    def matches(self, data: bytes, given: str) -> bool:
        """Compare a signature in constant time; mail clients may cut long links."""
        expected = self.digest(data)[: len(given)]
        return hmac.compare_digest(expected.encode(), given.encode())
