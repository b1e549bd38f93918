"""Which items, in which order."""

from __future__ import annotations

from .errors import BadValue
from .model import Item, check_location, check_tag
from .store import Store

KEYS = {
    "sku": lambda item: item.sku,
    "name": lambda item: (item.name.lower(), item.sku),
    "qty": lambda item: (item.quantity, item.sku),
    "price": lambda item: (item.price_cents, item.sku),
}


def select(
    store: Store,
    *,
    location: str | None = None,
    tags: list[str] | None = None,
    low: bool = False,
    text: str | None = None,
) -> list[Item]:
    """The items that fit everything that is asked for."""
    found = list(store.items.values())
    if location is not None:
        wanted = check_location(location)
        found = [item for item in found if wanted in item.stock]
    if tags:
        needed = {check_tag(tag) for tag in tags}
        found = [item for item in found if needed <= set(item.tags)]
    if low:
        found = [item for item in found if item.is_low]
    if text is not None:
        needle = text.strip().lower()
        if not needle:
            raise BadValue("nothing to look for")
        found = [item for item in found if needle in item.sku.lower() or needle in item.name.lower()]
    return found


def arrange(items: list[Item], *, sort: str = "sku", reverse: bool = False, limit: int | None = None) -> list[Item]:
    if limit is not None and limit < 1:
        raise BadValue("the limit must be at least 1")
    arranged = sorted(items, key=KEYS[sort], reverse=reverse)
    return arranged if limit is None else arranged[:limit]
