from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from ..errors import CrmError, MethodNotAllowed, NotFound
from .routes import ROUTES

if TYPE_CHECKING:
    from ..app import Crm


class Request:
    """A request as the routes see it."""

    def __init__(self, crm: Crm, parts: list[str], query: dict[str, str], body: object) -> None:
        self.crm = crm
        self.parts = parts
        self.query = query
        self.body = body


def handle(crm: Crm, method: str, path: str, body: object = None) -> tuple[int, object]:
    """Answer one request with a status and a JSON value."""
    split = urlsplit(path)
    parts = [unquote(part) for part in split.path.strip("/").split("/")]
    query = {name: values[-1] for name, values in parse_qs(split.query, keep_blank_values=True).items()}
    try:
        route = _find(method, parts)
        return route(Request(crm, parts, query, body))
    except CrmError as error:
        return error.status, {"error": error.code}


def _find(method: str, parts: list[str]):
    known = False
    for route_method, pattern, route in ROUTES:
        if not _fits(pattern, parts):
            continue
        if route_method == method:
            return route
        known = True
    raise MethodNotAllowed(method) if known else NotFound("/".join(parts))


def _fits(pattern: tuple[str, ...], parts: list[str]) -> bool:
    if len(pattern) != len(parts):
        return False
    return all(wanted in ("*", part) for wanted, part in zip(pattern, parts, strict=True))
