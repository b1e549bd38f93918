"""Read what tools print, whatever they print: nothing here raises on bad input."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MAX_WORDS = 2000
"""Longer texts of a tool are cut."""
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The JSON objects of a stream, one a line."""

    items: tuple[Mapping[str, Any], ...]
    unreadable: int = 0
    """Lines that begin like an object and are none: cut or garbled."""

    def of(self, *types: str) -> tuple[Mapping[str, Any], ...]:
        """Return the events of some types."""
        return tuple(item for item in self.items if item.get("type") in types)

    def last(self, *types: str) -> Mapping[str, Any]:
        """Return the last event of some types, or an empty one."""
        found = self.of(*types)
        return found[-1] if found else _NOTHING

    def problems(self, **missing: bool) -> tuple[str, ...]:
        """Say what could not be read, and which parts are missing."""
        words = [f"{self.unreadable} unreadable lines"] if self.unreadable else []
        words += [f"no {name.replace('_', ' ')}" for name, absent in missing.items() if absent]
        return tuple(words)


def events(data: bytes) -> Events:
    """Read JSON Lines among other text."""
    items: list[Mapping[str, Any]] = []
    unreadable = 0
    for line in data.splitlines():
        text = line.strip()
        if not text.startswith(b"{"):
            continue
        value = load(text)
        if value:
            items.append(value)
        else:
            unreadable += 1
    return Events(items=tuple(items), unreadable=unreadable)


def load(data: bytes) -> Mapping[str, Any]:
    """Read a JSON object; an empty one if it is none."""
    try:
        value = json.loads(data.decode("utf-8", errors="replace"))
    except (ValueError, RecursionError):
        return _NOTHING
    return value if isinstance(value, dict) else _NOTHING


def part(value: Any, *keys: str | int) -> Any:
    """Return what lies at a path in a JSON value; None if there is nothing."""
    for key in keys:
        if isinstance(key, str) and isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(key, int) and isinstance(value, list) and -len(value) <= key < len(value):
            value = value[key]
        else:
            return None
    return value


def group(value: Any, *keys: str | int) -> Mapping[str, Any]:
    """Return the object at a path; an empty one if there is none."""
    found = part(value, *keys)
    return found if isinstance(found, Mapping) else _NOTHING


def rows(value: Any, *keys: str | int) -> tuple[Mapping[str, Any], ...]:
    """Return the objects in the list at a path."""
    found = part(value, *keys)
    return (
        tuple(item for item in found if isinstance(item, Mapping))
        if isinstance(found, list)
        else ()
    )


def count(value: Any, *keys: str | int) -> int | None:
    """Return the whole number at a path, None if there is none or it is negative."""
    found = amount(value, *keys)
    return None if found is None else int(found)


def amount(value: Any, *keys: str | int) -> float | None:
    """Return the number at a path, None if there is none or it is no amount."""
    found = part(value, *keys)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    # Numbers that no tool can mean are not claims; a float of them may not even exist.
    if not 0 <= found <= 1e15 or not math.isfinite(found):
        return None
    return found


def words(value: Any, *keys: str | int) -> str:
    """Return the text at a path, cut to a sensible length; empty if there is none."""
    found = part(value, *keys)
    return found[:MAX_WORDS] if isinstance(found, str) else ""


def total(values: Iterable[int | None]) -> int | None:
    """Add what is known; None if nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def total_amount(values: Iterable[float | None]) -> float | None:
    """Add what is known; None if nothing is."""
    known = [value for value in values if value is not None]
    return math.fsum(known) if known else None


def names(values: Iterable[Any]) -> tuple[str, ...]:
    """Return the distinct texts among some values, sorted and cut."""
    return tuple(
        sorted({value[:MAX_WORDS] for value in values if isinstance(value, str) and value})
    )


def matching(files: Mapping[str, bytes], ending: str) -> tuple[bytes, ...]:
    """Return the contents of the collected files whose path ends so, by path."""
    return tuple(data for path, data in sorted(files.items()) if path.endswith(ending))
