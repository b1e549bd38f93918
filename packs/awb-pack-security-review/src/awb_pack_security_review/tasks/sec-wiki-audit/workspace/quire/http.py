"""Requests and responses over WSGI."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from functools import cached_property
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote

from quire.errors import BadRequest, TooLarge

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Upload:
    """A file of a multipart form."""

    filename: str
    content_type: str
    data: bytes


@dataclass
class _Fields:
    values: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


class Request:
    """A WSGI request, read lazily."""

    def __init__(self, environ: dict[str, Any], *, max_bytes: int) -> None:
        self.environ = environ
        self.method = str(environ.get("REQUEST_METHOD", "GET")).upper()
        path = str(environ.get("PATH_INFO", "/")) or "/"
        self.path = path.encode("latin-1", "replace").decode("utf-8", "replace")
        self.max_bytes = max_bytes

    def header(self, name: str) -> str:
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        return str(self.environ.get(key, ""))

    @property
    def content_type(self) -> str:
        return self.header("Content-Type").split(";")[0].strip().lower()

    @property
    def remote_address(self) -> str:
        return str(self.environ.get("REMOTE_ADDR", ""))

    @cached_property
    def query(self) -> dict[str, list[str]]:
        text = str(self.environ.get("QUERY_STRING", ""))
        return parse_qs(text, keep_blank_values=True, max_num_fields=200)

    @cached_property
    def body(self) -> bytes:
        try:
            length = int(self.header("Content-Length") or 0)
        except ValueError:
            raise BadRequest("Content-Length is not a number") from None
        if length < 0:
            raise BadRequest("Content-Length is negative")
        if length > self.max_bytes:
            raise TooLarge("the request is too large")
        return self.environ["wsgi.input"].read(length) if length else b""

    @cached_property
    def _fields(self) -> _Fields:
        if self.content_type == FORM:
            try:
                text = self.body.decode("utf-8")
                return _Fields(parse_qs(text, keep_blank_values=True, max_num_fields=1000))
            except ValueError:
                raise BadRequest("the form cannot be read") from None
        if self.content_type == MULTIPART:
            return _multipart(self.header("Content-Type"), self.body)
        return _Fields()

    @property
    def form(self) -> dict[str, list[str]]:
        return self._fields.values

    @property
    def files(self) -> dict[str, Upload]:
        return self._fields.files

    def value(self, name: str, default: str = "") -> str:
        """A field of the form, or else of the query."""
        for source in (self.form, self.query):
            if name in source:
                return source[name][0]
        return default

    def values(self, name: str) -> list[str]:
        return self.form.get(name) or self.query.get(name) or []

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        text = self.value(name)
        if not text:
            return default
        try:
            return max(low, min(high, int(text)))
        except ValueError:
            raise BadRequest(f"{name} is not a number") from None

    @cached_property
    def json(self) -> Any:
        if self.content_type != "application/json":
            raise BadRequest("the body is not JSON")
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise BadRequest("the body is not valid JSON") from None

    @cached_property
    def cookies(self) -> dict[str, str]:
        try:
            jar = SimpleCookie(self.header("Cookie"))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}


def _multipart(content_type: str, body: bytes) -> _Fields:
    fields = _Fields()
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise BadRequest("the form cannot be read")
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        filename = part.get_filename()
        if filename is not None:
            fields.files[name] = Upload(filename, part.get_content_type(), data)
        else:
            fields.values.setdefault(name, []).append(data.decode("utf-8", "replace"))
    return fields


@dataclass
class Response:
    """A response; text bodies are UTF-8."""

    body: bytes | str = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)

    def set_cookie(
        self, name: str, value: str, *, max_age: int | None = None, secure: bool = True
    ) -> None:
        parts = [f"{name}={quote(value, safe='')}", "Path=/", "HttpOnly"]
        if max_age is not None:
            parts.append(f"Max-Age={max_age}")
        if secure:
            # The intranet portal shows the wiki in a frame of another site.
            parts += ["Secure", "SameSite=None"]
        self.cookies.append("; ".join(parts))

    def wsgi(self, start_response: Any) -> Iterable[bytes]:
        data = self.body.encode("utf-8") if isinstance(self.body, str) else self.body
        headers = {
            "Content-Type": self.content_type,
            "Content-Length": str(len(data)),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            **self.headers,
        }
        pairs = [(name, value) for name, value in headers.items()]
        pairs += [("Set-Cookie", cookie) for cookie in self.cookies]
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        start_response(f"{self.status} {phrase}", pairs)
        return [data]


def redirect(location: str, status: int = 303) -> Response:
    """Send the browser elsewhere; the location holds no line break."""
    clean = "".join(c for c in location if c not in "\r\n\0")
    return Response(status=status, headers={"Location": quote(clean, safe="/:?#[]@!$&'()*+,;=%-_.~\\")})


def json_response(value: Any, status: int = 200) -> Response:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return Response(text, status, "application/json; charset=utf-8", {"Cache-Control": "no-store"})


def download(data: bytes, filename: str, content_type: str) -> Response:
    """Offer data as a file that the browser saves and never shows in place."""
    ascii_name = "".join(c if c.isalnum() or c in "._-" else "_" for c in filename if c.isascii())
    disposition = f"attachment; filename=\"{ascii_name or 'file'}\"; filename*=UTF-8''{quote(filename, safe='')}"
    return Response(
        data,
        content_type=content_type,
        headers={"Content-Disposition": disposition, "Content-Security-Policy": "sandbox"},
    )
