"""Checks of what clients send."""

from __future__ import annotations

import re

from .errors import Invalid

REQUIRED = object()
STAGES = ("lead", "offer", "won", "lost")
KINDS = ("call", "mail", "meeting", "note")
ROLES = ("sales", "support", "admin")


class Field:
    def __init__(self, check, default: object = REQUIRED, *, fixed: bool = False) -> None:
        self.check = check
        self.default = default
        self.fixed = fixed


def text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Invalid("text expected")
    return value.strip()


def optional_text(value: object) -> str | None:
    return None if value is None else text(value)


def email(value: object) -> str:
    found = text(value).lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", found):
        raise Invalid("e-mail address expected")
    return found


def domain(value: object) -> str:
    found = text(value).lower()
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", found):
        raise Invalid("domain expected")
    return found


def whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid("whole number expected")
    return value


def amount(value: object) -> int:
    if whole(value) < 0:
        raise Invalid("must not be negative")
    return value


def quantity(value: object) -> int:
    if whole(value) < 1:
        raise Invalid("must be at least 1")
    return value


def optional_whole(value: object) -> int | None:
    return None if value is None else whole(value)


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid("true or false expected")
    return value


def anything(value: object) -> object:
    """What the field means depends on others, so it is checked when those are known."""
    return value


def choice(*allowed: str):
    def check(value: object) -> str:
        if value not in allowed:
            raise Invalid(f"one of {', '.join(allowed)} expected")
        return value

    return check


def for_create(fields: dict[str, Field], body: object) -> dict:
    if not isinstance(body, dict) or set(body) - set(fields):
        raise Invalid("unknown fields")
    values = {}
    for name, field in fields.items():
        if name in body:
            values[name] = field.check(body[name])
        elif field.default is REQUIRED:
            raise Invalid(f"{name} is missing")
        else:
            values[name] = field.default
    return values


def for_update(fields: dict[str, Field], body: object) -> dict:
    if not isinstance(body, dict) or not body or set(body) - set(fields):
        raise Invalid("unknown fields")
    values = {}
    for name, value in body.items():
        if fields[name].fixed:
            raise Invalid(f"{name} cannot be changed")
        values[name] = fields[name].check(value)
    return values
