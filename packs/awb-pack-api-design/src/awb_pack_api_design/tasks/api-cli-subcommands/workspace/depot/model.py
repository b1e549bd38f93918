"""Items and log entries, and how they are written down."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .errors import BadValue

SKU = re.compile(r"[A-Z0-9][A-Z0-9-]{0,30}")
LOCATION = re.compile(r"[A-Z]{1,3}[0-9]{1,3}")
TAG = re.compile(r"[a-z][a-z0-9-]{0,20}")


@dataclass
class Item:
    sku: str
    name: str
    price_cents: int = 0
    minimum: int = 0
    tags: list[str] = field(default_factory=list)
    stock: dict[str, int] = field(default_factory=dict)

    @property
    def quantity(self) -> int:
        return sum(self.stock.values())

    @property
    def value_cents(self) -> int:
        return self.quantity * self.price_cents

    @property
    def is_low(self) -> bool:
        return self.quantity < self.minimum

    def to_json(self) -> dict:
        return {
            "sku": self.sku,
            "name": self.name,
            "price_cents": self.price_cents,
            "minimum": self.minimum,
            "tags": sorted(self.tags),
            "stock": dict(sorted(self.stock.items())),
        }

    @classmethod
    def from_json(cls, value: dict) -> Item:
        return cls(
            sku=value["sku"],
            name=value["name"],
            price_cents=value["price_cents"],
            minimum=value["minimum"],
            tags=list(value["tags"]),
            stock=dict(value["stock"]),
        )


@dataclass
class Entry:
    """One change: what was done to which item, and the item before it (for the way back)."""

    number: int
    time: str
    action: str
    sku: str
    detail: str
    before: dict | None

    def to_json(self) -> dict:
        return {
            "number": self.number,
            "time": self.time,
            "action": self.action,
            "sku": self.sku,
            "detail": self.detail,
            "before": self.before,
        }

    @classmethod
    def from_json(cls, value: dict) -> Entry:
        return cls(**value)


def check_sku(text: str) -> str:
    found = text.strip().upper()
    if not SKU.fullmatch(found):
        raise BadValue(f"not a SKU: {text!r}")
    return found


def check_location(text: str) -> str:
    found = text.strip().upper()
    if not LOCATION.fullmatch(found):
        raise BadValue(f"not a location: {text!r}")
    return found


def check_tag(text: str) -> str:
    found = text.strip().lower()
    if not TAG.fullmatch(found):
        raise BadValue(f"not a tag: {text!r}")
    return found


def check_name(text: str) -> str:
    found = " ".join(text.split())
    if not found:
        raise BadValue("the name is empty")
    return found


def parse_price(text: str) -> int:
    """Cents of "12", "12.5" or "12.50"."""
    match = re.fullmatch(r"(\d{1,7})(?:\.(\d{1,2}))?", text.strip())
    if not match:
        raise BadValue(f"not a price: {text!r}")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def format_price(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
