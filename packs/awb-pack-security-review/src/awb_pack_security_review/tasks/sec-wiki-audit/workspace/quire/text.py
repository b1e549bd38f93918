"""Helpers for plain text."""

from __future__ import annotations

import difflib
import re
import unicodedata
from datetime import datetime, timezone

_WORDS = re.compile(r"[^\w]+", re.UNICODE)
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
TAG = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")


def slugify(title: str) -> str:
    """`Boiler room, North` -> `boiler-room-north`; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return _WORDS.sub("-", plain.lower().replace("_", " ")).strip("-")[:80].strip("-")


def parse_tags(text: str) -> list[str]:
    words = (slugify(word) for word in re.split(r"[,\s]+", text))
    return sorted({word for word in words if TAG.fullmatch(word)})[:20]


def excerpt(text: str, needle: str, width: int = 160) -> str:
    """The part of a text around the first occurrence of a word."""
    flat = " ".join(text.split())
    at = flat.lower().find(needle.lower()) if needle else -1
    start = max(0, at - width // 3) if at >= 0 else 0
    part = flat[start : start + width]
    return ("… " if start else "") + part + (" …" if start + width < len(flat) else "")


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M")


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """Lines with a mark: `+`, `-` or a space."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3)
    return [(line[:1], line[1:]) for line in list(lines)[2:]]
