"""Figures over the whole depot.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from __future__ import annotations

from collections import defaultdict

from .store import Store


def value(store: Store) -> list[dict]:
    """What each item is worth, the dearest first."""
    rows = [
        {"sku": item.sku, "quantity": item.quantity, "value_cents": item.value_cents}
        for item in store.items.values()
        if item.quantity
    ]
    return sorted(rows, key=lambda row: (-row["value_cents"], row["sku"]))


def low(store: Store) -> list[dict]:
    """What has to be ordered."""
    return [
        {"sku": item.sku, "quantity": item.quantity, "minimum": item.minimum, "missing": item.minimum - item.quantity}
        for _, item in sorted(store.items.items())
        if item.is_low
    ]


def locations(store: Store) -> list[dict]:
    """What lies where."""
    items: dict[str, int] = defaultdict(int)
    pieces: dict[str, int] = defaultdict(int)
    for item in store.items.values():
        for location, number in item.stock.items():
            items[location] += 1
            pieces[location] += number
    return [{"location": name, "items": items[name], "quantity": pieces[name]} for name in sorted(items)]


def tags(store: Store) -> list[dict]:
    """How many items carry each tag."""
    found: dict[str, int] = defaultdict(int)
    for item in store.items.values():
        for tag in item.tags:
            found[tag] += 1
    return [{"tag": name, "items": found[name]} for name in sorted(found)]


REPORTS = {"value": value, "low": low, "locations": locations, "tags": tags}
