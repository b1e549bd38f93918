"""Names a user gives to new things: checked once, before anything is written."""

from __future__ import annotations

import re
import uuid

from awb_core.errors import UsageError

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 60
"""Characters of a slug; names of folders and of distributions are made from it."""

_FORBIDDEN = '"\\{}`<>'


def check_slug(name: str, what: str) -> str:
    """Return the name if it is a slug.

    Raises:
        UsageError: it is none.
    """
    if not SLUG.fullmatch(name) or len(name) > LONGEST:
        near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:LONGEST].strip("-")
        hint = f"; for example {near!r}" if SLUG.fullmatch(near) else ""
        raise UsageError(
            f"{name!r} is no name for {what}: lower-case letters, digits and single hyphens,"
            f" a letter first, at most {LONGEST} characters{hint}"
        )
    return name


def check_line(text: str, what: str) -> str:
    """Return a text that can stand on one line of any of our files.

    Raises:
        UsageError: it cannot.
    """
    text = text.strip()
    if not text or not text.isprintable() or any(mark in text for mark in _FORBIDDEN):
        raise UsageError(
            f"{what} {text!r}: must be one line of text without any of {' '.join(_FORBIDDEN)}"
        )
    return text


def module_of(distribution: str) -> str:
    """Return the name of the Python package in a distribution."""
    return distribution.replace("-", "_")


def title_of(slug: str) -> str:
    """Return the words that a slug stands for."""
    words = slug.replace("-", " ")
    return words[:1].upper() + words[1:]


def new_canary() -> str:
    """Return a line by which leaked copies of a task's hidden files can be found."""
    return f"awb-canary {uuid.uuid4()}"
