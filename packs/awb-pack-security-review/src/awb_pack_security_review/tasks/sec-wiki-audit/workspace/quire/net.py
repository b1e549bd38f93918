"""Outgoing connections."""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One request to another server: `address` is where to connect, `url` what to ask for."""

    url: str
    address: str
    body: bytes
    headers: dict[str, str]


class _PinnedHTTPS(http.client.HTTPSConnection):
    """Connects to a given address but checks the certificate for the host of the URL."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._context.wrap_socket(raw, server_hostname=self.host)


class _PinnedHTTP(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


def system_resolve(host: str) -> list[str]:
    """All addresses of a host, as text; none when it is unknown."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def system_send(delivery: Delivery) -> int:
    """POST a delivery and return the status; redirects are not followed."""
    parts = urlsplit(delivery.url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    kind = _PinnedHTTPS if secure else _PinnedHTTP
    connection = kind(parts.hostname or "", port, delivery.address)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, delivery.body, delivery.headers)
        return connection.getresponse().status
    finally:
        connection.close()
