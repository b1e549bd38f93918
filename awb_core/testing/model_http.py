"""The HTTP side of the scripted model server: requests in, answers out, whole, streamed or cut."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent."""

    method: str
    path: str
    """Decoded, without the query."""

    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """With names in lower case."""

    body: bytes
    """Unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What to send back."""

    status: int
    pieces: tuple[bytes, ...]
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False
    """Whether the pieces are sent as they are, without a length told before."""

    is_cut: bool = False
    """Whether the connection is dropped in the middle: a whole answer loses its second half."""


class Listener(ThreadingHTTPServer):
    """Listens on loopback, a thread for each connection; `close` ends them all.

    Args:
        respond: answers a request; None closes the connection without a word.
        port: 0 takes a free one.
    """

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, respond: Callable[[Request], Response | None], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening, drop every connection and wait for the threads."""
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that it can be closed."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _handle(self) -> None:
        try:
            answered = self.server.respond(self._request())
            if answered is None:
                self.close_connection = True
            else:
                self._send(answered)
        except ConnectionError:
            self.close_connection = True

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _handle

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=unquote(parts.path),
            query=parse_qs(parts.query),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=_unpacked(self._body(), self.headers.get("Content-Encoding", "")),
        )

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.kind)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.stream:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(sum(map(len, response.pieces))))
        self.end_headers()
        if self.command != "HEAD":
            for piece in response.pieces:
                self._write(piece, response)
            if response.stream and not response.is_cut:
                self.wfile.write(b"0\r\n\r\n")
        if response.is_cut:
            self.close_connection = True

    def _write(self, piece: bytes, response: Response) -> None:
        if response.stream:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        else:
            self.wfile.write(piece[: len(piece) // 2] if response.is_cut else piece)


def _unpacked(body: bytes, encoding: str) -> bytes:
    if "gzip" in encoding:
        return gzip.decompress(body)
    return zlib.decompress(body) if "deflate" in encoding else body
