"""Routes: a method and a path pattern with <name> or <name:path> parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from quire.errors import MethodNotAllowed, NotFound

Handler = Callable[..., Any]
_PART = re.compile(r"<(\w+)(?::(\w+))?>")
_KINDS = {None: r"[^/]+", "path": r".+", "int": r"[0-9]{1,12}"}


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    handler: Handler
    options: dict[str, Any]


@dataclass
class Router:
    """An ordered list of routes."""

    routes: list[Route] = field(default_factory=list)

    def add(self, method: str, path: str, handler: Handler, **options: Any) -> None:
        self.routes.append(Route(method, _compile(path), handler, options))

    def route(self, method: str, path: str, **options: Any) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.add(method, path, handler, **options)
            return handler

        return register

    def include(self, other: Router) -> None:
        self.routes.extend(other.routes)

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Find the route of a request.

        Raises:
            NotFound: no route has this path.
            MethodNotAllowed: only other methods have it.
        """
        wanted = "GET" if method == "HEAD" else method
        other = False
        for route in self.routes:
            found = route.pattern.fullmatch(path)
            if not found:
                continue
            if route.method == wanted:
                return route, found.groupdict()
            other = True
        if other:
            raise MethodNotAllowed("this is not done that way")
        raise NotFound("there is nothing here")


def _compile(path: str) -> re.Pattern[str]:
    pattern, last = "", 0
    for part in _PART.finditer(path):
        pattern += re.escape(path[last : part.start()])
        pattern += f"(?P<{part[1]}>{_KINDS[part[2]]})"
        last = part.end()
    return re.compile(pattern + re.escape(path[last:]))
