"""The way to package indexes for one trial: a forward proxy that knows few hosts, in a process of its own.

It reads its configuration on standard input, serves until that input ends, and then says on standard output what was
asked of it. It uses the standard library only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from awb_core.gateway.package_hosts import Origin
from awb_core.gateway.package_requests import Refused, Request, parse_head, read_hello
from awb_core.gateway.package_routes import Route, open_route
from awb_core.gateway.sockets import remove_sockets

CHUNK = 1 << 16
HEAD_BYTES = 16 << 10
HOSTS_KEPT = 200
OTHERS = "(others)"
"""What hosts are counted as once there are too many of them."""

ALERT = b"\x15\x03\x01\x00\x02\x02\x70"
"""In TLS: this name is not known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a trial may use; the defaults are right but for tests."""

    connections: int = 64
    """Served at once; four times as many may wait."""
    bytes: int = 4 << 30
    """Both ways, of all connections."""
    head_seconds: float = 20
    """For a request to come in whole."""
    connect_seconds: float = 30
    idle_seconds: float = 120
    """A host that sends nothing for so long has failed, and so has a client that takes nothing."""


@dataclass(slots=True)
class Asked:
    """What was asked of one host."""

    requests: int = 0
    refused: int = 0
    received_bytes: int = 0
    sent_bytes: int = 0
    because: str = ""
    """Why the first of the refused ones was."""


@dataclass(slots=True)
class PackageProxy:
    """Serves the connections of one trial."""

    origins: Mapping[Origin, Origin]
    bounds: Bounds
    asked: dict[str, Asked] = field(default_factory=dict)
    _open: int = 0
    _bytes: int = 0
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.bounds.connections)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection: one tunnel, or one answer."""
        self._open += 1
        try:
            if self._open <= 4 * self.bounds.connections:
                async with self._slots:
                    await self._serve(reader, writer)
        except Refused as refusal:
            await self._refuse(writer, refusal)
        except (OSError, EOFError, TimeoutError):
            pass  # one of the two ends went away, or was too slow
        finally:
            self._open -= 1
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(self.bounds.head_seconds):
            try:
                request = parse_head(await reader.readuntil(b"\r\n\r\n"))
            except asyncio.LimitOverrunError:
                raise Refused(431, "the head of the request is too long") from None
        origin = self._allowed(request.origin)
        if self._bytes >= self.bounds.bytes:
            message = f"this trial has fetched its {self.bounds.bytes >> 20} MiB"
            raise Refused(403, message, origin.name)
        try:
            async with asyncio.timeout(self.bounds.connect_seconds):
                route = await open_route(origin, tunnel=request.is_tunnel)
        except TimeoutError:
            raise Refused(504, f"{origin.host} does not answer", origin.name) from None
        try:
            if request.is_tunnel:
                await self._tunnel(reader, writer, route, origin)
            else:
                await self._fetch(writer, route, request)
        finally:
            route.writer.close()

    def _allowed(self, origin: Origin) -> Origin:
        found = self.origins.get(origin)
        if found is None:
            message = (
                f"{origin.name} is not a package host of this run;"
                f" AWB_PACKAGE_HOSTS={origin.name} on the host allows it"
            )
            raise Refused(403, message, origin.name)
        return found

    async def _tunnel(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        route: Route,
        origin: Origin,
    ) -> None:
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            async with asyncio.timeout(self.bounds.head_seconds):
                hello = await read_hello(reader, origin.host)
        except Refused as refusal:
            self._count_refusal(refusal)
            writer.write(ALERT)
            return
        seen = self._seen(origin.name)
        seen.requests += 1
        self._sent(seen, hello)
        route.writer.write(hello)
        up = asyncio.ensure_future(self._send_on(reader, route.writer, seen))
        try:
            await self._take_back(route.reader, writer, seen)
        finally:
            up.cancel()
            await asyncio.gather(up, return_exceptions=True)

    async def _fetch(self, writer: asyncio.StreamWriter, route: Route, request: Request) -> None:
        seen = self._seen(request.origin.name)
        seen.requests += 1
        head = request.head(absolute=route.absolute, login=route.login)
        self._sent(seen, head)
        route.writer.write(head)
        await self._take_back(route.reader, writer, seen)

    async def _send_on(
        self, reader: asyncio.StreamReader, far: asyncio.StreamWriter, seen: Asked
    ) -> None:
        while self._bytes < self.bounds.bytes and (data := await reader.read(CHUNK)):
            self._sent(seen, data)
            far.write(data)
            await far.drain()
        if far.can_write_eof():
            far.write_eof()

    async def _take_back(
        self, far: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: Asked
    ) -> None:
        while self._bytes < self.bounds.bytes:
            async with asyncio.timeout(self.bounds.idle_seconds):
                data = await far.read(CHUNK)
                if not data:
                    return
                seen.received_bytes += len(data)
                self._bytes += len(data)
                writer.write(data)
                await writer.drain()

    def _sent(self, seen: Asked, data: bytes) -> None:
        seen.sent_bytes += len(data)
        self._bytes += len(data)

    def _seen(self, host: str) -> Asked:
        if host not in self.asked and len(self.asked) >= HOSTS_KEPT:
            host = OTHERS
        return self.asked.setdefault(host, Asked())

    def _count_refusal(self, refusal: Refused) -> None:
        seen = self._seen(refusal.asked)
        seen.refused += 1
        seen.because = seen.because or str(refusal)

    async def _refuse(self, writer: asyncio.StreamWriter, refusal: Refused) -> None:
        self._count_refusal(refusal)
        body = f"{refusal}\n".encode()
        # Tools show the reason of a refused tunnel and not the text after it.
        head = (
            f"HTTP/1.1 {refusal.status} {refusal}\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(self.bounds.head_seconds):
                writer.write(head.encode("latin-1", "replace") + body)
                await writer.drain()


def as_mapping(origins: Iterable[Origin]) -> dict[Origin, Origin]:
    """Return origins by what they are; those that are configured count for more than the usual ones."""
    return {origin: origin for origin in sorted(origins, key=lambda each: each.configured)}


def dump(descriptor: int, origins: Iterable[Origin], bounds: Bounds) -> bytes:
    """Return the configuration as one line of JSON."""
    value = {
        "socket": descriptor,
        "origins": [asdict(origin) for origin in origins],
        "bounds": asdict(bounds),
    }
    return json.dumps(value).encode() + b"\n"


async def serve(configuration: Mapping[str, Any]) -> None:
    """Serve on the inherited socket as long as the owner lives."""
    listening = socket.socket(fileno=configuration["socket"])
    origins = as_mapping(Origin(**each) for each in configuration["origins"])
    proxy = PackageProxy(origins, Bounds(**configuration["bounds"]))
    server = await asyncio.start_unix_server(
        proxy.handle, sock=listening, limit=HEAD_BYTES, backlog=256
    )
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def input_ended() -> None:
        if not os.read(0, 1):
            over.set()

    loop.add_reader(0, input_ended)
    print("ready", flush=True)
    await over.wait()
    loop.remove_reader(0)
    remove_sockets([listening])
    server.close()
    hosts = [{"host": name, **asdict(asked)} for name, asked in sorted(proxy.asked.items())]
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(hosts), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.buffer.readline())))
