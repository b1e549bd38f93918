"""What comes in at the way to package indexes: heads of requests, and the first message of a TLS connection."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
from dataclasses import dataclass

from awb_core.gateway.package_hosts import HOST, PORTS, Origin

CONNECT = re.compile(r"CONNECT ([A-Za-z0-9.-]{1,253}):(\d{1,5}) HTTP/1\.[01]")
ABSOLUTE = re.compile(
    r"([A-Z]{1,20}) http://([A-Za-z0-9.-]{1,253})(?::(\d{1,5}))?(/[!-~]*)? HTTP/1\.[01]"
)
FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*")
OWN = re.compile(r"host|connection|keep-alive|te|trailer|upgrade|proxy-.*", re.IGNORECASE)
"""Fields between a client and its proxy; the host is written anew."""

BODY = re.compile(r"content-length: *0*[1-9].*|transfer-encoding:.*", re.IGNORECASE)

HANDSHAKE, CLIENT_HELLO = 22, 1
SERVER_NAME, ENCRYPTED_HELLO = 0, 0xFE0D


class Refused(Exception):
    """A request that is not served, and why."""

    def __init__(self, status: int, message: str, asked: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.asked = asked
        """The host that it was meant for, if that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The head of a request to a proxy."""

    method: str
    origin: Origin
    path: str = ""
    fields: tuple[str, ...] = ()

    @property
    def is_tunnel(self) -> bool:
        """Whether a connection is asked for, and not an answer."""
        return self.method == "CONNECT"

    def head(self, *, absolute: bool, login: str = "") -> bytes:
        """Return what is sent on: for one answer, after which the connection ends."""
        target = f"http://{self.origin.name}{self.path}" if absolute else self.path
        lines = [f"{self.method} {target} HTTP/1.1", f"Host: {self.origin.name}", *self.fields]
        lines += [f"Proxy-Authorization: {login}"] if login else []
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


def parse_head(data: bytes) -> Request:
    """Read the head of a request, strictly.

    Raises:
        Refused: it is not one that a proxy understands.
    """
    line, *fields = data.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    if not all(FIELD.fullmatch(each) for each in fields):
        raise Refused(400, "the head of the request is malformed")
    tunnel, absolute = CONNECT.fullmatch(line), ABSOLUTE.fullmatch(line)
    if tunnel:
        origin = Origin(scheme="https", host=tunnel[1].lower(), port=int(tunnel[2]))
        return Request(method="CONNECT", origin=origin)
    if absolute is None:
        raise Refused(400, "this is a proxy for packages: CONNECT HOST:443 or GET http://HOST/...")
    host, port = absolute[2].lower(), int(absolute[3] or PORTS["http"])
    origin = Origin(scheme="http", host=host, port=port)
    if absolute[1] not in ("GET", "HEAD") or any(BODY.fullmatch(each) for each in fields):
        raise Refused(405, "packages are fetched with GET and HEAD", origin.name)
    kept = tuple(each for each in fields if not OWN.fullmatch(each.partition(":")[0]))
    return Request(method=absolute[1], origin=origin, path=absolute[4] or "/", fields=kept)


async def read_hello(reader: asyncio.StreamReader, host: str) -> bytes:
    """Return the first TLS record of a tunnel, once it is known to be meant for the host it was opened to.

    Content networks serve thousands of names at the address of an index: without a look at the name the tunnel would
    lead to all of them.

    Raises:
        Refused: it is something else, or for someone else.
    """
    head = await reader.readexactly(5)
    size = int.from_bytes(head[3:])
    if head[0] != HANDSHAKE or head[1] != 3 or not 4 < size <= 1 << 14:
        raise Refused(403, "only TLS goes through a tunnel", host)
    record = await reader.readexactly(size)
    try:
        name = server_name(record)
    except (IndexError, ValueError):
        raise Refused(403, "the first TLS message cannot be read", host) from None
    if name != ("" if _is_address(host) else host):
        shown = name if HOST.fullmatch(name) else ""
        message = f"a tunnel to {host} is not one to {shown or 'another host'}"
        raise Refused(403, message, shown or host)
    return head + record


def _is_address(host: str) -> bool:
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return False


def server_name(record: bytes) -> str:
    """Return the host that a ClientHello names, empty if none; it must fit into its record and hide nothing.

    Raises:
        ValueError: it does not.
        IndexError: it ends too early.
    """
    hello = _Bytes(record)
    if hello.number(1) != CLIENT_HELLO:
        raise ValueError
    message = _Bytes(hello.take(hello.number(3)))
    message.take(34)  # version and random
    for length in (1, 2, 1):  # session, ciphers, compressions
        message.take(message.number(length))
    extensions = _Bytes(message.take(message.number(2)))
    names: list[str] = []
    while extensions.left:
        kind, data = extensions.number(2), _Bytes(extensions.take(extensions.number(2)))
        if kind == ENCRYPTED_HELLO:
            raise ValueError
        if kind == SERVER_NAME:
            entry = _Bytes(data.take(data.number(2)))
            entry_kind, value = entry.number(1), entry.take(entry.number(2))
            if entry_kind != 0 or entry.left or data.left:
                raise ValueError
            names.append(value.decode("ascii").lower())
    if len(names) > 1 or message.left or hello.left:
        raise ValueError
    return "".join(names)


class _Bytes:
    """Bytes that are read from front to back."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise IndexError
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count))
