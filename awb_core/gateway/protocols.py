"""The wire protocols: which paths there are, what they do, where keys travel and what an error looks like."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from awb_core.gateway.config import Protocol

METERED = frozenset({"messages", "chat", "responses", "generate"})
"""Operations that cost something."""

_MODEL = r"\w[\w.:@-]*(?:/\w[\w.:@-]*)*"
_PATHS: Mapping[Protocol, tuple[tuple[str, str, str], ...]] = {
    "anthropic": (
        ("POST", r"(?:v1/)?messages", "messages"),
        ("POST", r"(?:v1/)?messages/count_tokens", "count"),
        ("GET", rf"(?:v1/)?models(?:/{_MODEL})?", "models"),
    ),
    "openai": (
        ("POST", r"(?:v1/)?chat/completions", "chat"),
        ("POST", r"(?:v1/)?responses(?:/compact)?", "responses"),
        ("POST", r"(?:v1/)?responses/input_tokens", "count"),
        ("GET", rf"(?:v1/)?models(?:/{_MODEL})?", "models"),
    ),
    "gemini": (
        ("POST", r"v1(?:alpha|beta)?/models/[\w.-]+:(?:stream)?[gG]enerateContent", "generate"),
        ("POST", r"v1(?:alpha|beta)?/models/[\w.-]+:countTokens", "count"),
        ("GET", r"v1(?:alpha|beta)?/models(?:/[\w.-]+)?", "models"),
    ),
}
"""All that may be asked of an upstream: nothing that keeps state there, fetches files or trains."""

KEY_HEADERS = frozenset({"authorization", "x-api-key", "x-goog-api-key", "api-key"})
"""Headers in which clients send what they take for their key."""

_TARGET = re.compile(r"/t/([^/?#]+)/([^/?#]+)/([^?#]*)(?:\?([^#]*))?")

_ANTHROPIC_ERRORS = {
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    502: "api_error",
    503: "api_error",
    504: "timeout_error",
}
_GEMINI_ERRORS = {
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a request's URL names."""

    trial: str
    upstream: str
    rest: str
    """The path below the upstream, without a leading slash, as it was sent."""
    query: str

    @property
    def path(self) -> str:
        """Path and query below the upstream, without a key in it: for records."""
        query = without_key(self.query)
        return f"/{self.rest}?{query}" if query else f"/{self.rest}"


def parse_target(raw_path: str) -> Target | None:
    """Read `/t/TRIAL/UPSTREAM/REST?QUERY`; None for every other path."""
    match = _TARGET.fullmatch(raw_path)
    if not match:
        return None
    trial, upstream, rest, query = match.groups()
    return Target(trial=trial, upstream=upstream, rest=rest, query=query or "")


def operation_of(protocol: Protocol, method: str, rest: str) -> str:
    """Return what a path does in a protocol; empty if it is not allowed."""
    for allowed, pattern, operation in _PATHS[protocol]:
        if method == allowed and re.fullmatch(pattern, rest):
            return operation
    return ""


def guess_protocol(rest: str) -> Protocol:
    """Return whose errors a client probably understands, where the upstream is unknown."""
    if "messages" in rest:
        return "anthropic"
    return "gemini" if re.search(r"models/.*:", rest) else "openai"


def sent_tokens(headers: Iterable[tuple[str, str]], query: str) -> tuple[str, ...]:
    """Return whatever a client sent in the places of a key."""
    found = [
        value.removeprefix("Bearer ").removeprefix("bearer ").strip()
        for name, value in headers
        if name.lower() in KEY_HEADERS
    ]
    found += [part[4:] for part in query.split("&") if part.startswith("key=")]
    return tuple(found)


def without_key(query: str) -> str:
    """Return a query string without the parameter `key`; the rest stays as it is."""
    return "&".join(part for part in query.split("&") if not part.startswith("key="))


def upstream_url(base_url: str, target: Target) -> str:
    """Return where a request goes; a `v1` that both the base and the path have is not doubled."""
    base, rest = base_url.rstrip("/"), target.rest
    if base.endswith("/v1") and rest.startswith("v1/"):
        rest = rest[3:]
    query = without_key(target.query)
    return f"{base}/{rest}?{query}" if query else f"{base}/{rest}"


def error_body(protocol: Protocol, status: int, message: str, code: str) -> bytes:
    """Return an error as the protocol's own clients expect it."""
    value: dict[str, Any]
    if protocol == "anthropic":
        kind = _ANTHROPIC_ERRORS.get(status, "invalid_request_error")
        value = {"type": "error", "error": {"type": kind, "message": message}}
    elif protocol == "gemini":
        word = _GEMINI_ERRORS.get(status, "FAILED_PRECONDITION")
        value = {"error": {"code": status, "message": message, "status": word}}
    else:
        kind = "invalid_request_error" if status < 500 else "server_error"
        value = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return json.dumps(value).encode()
