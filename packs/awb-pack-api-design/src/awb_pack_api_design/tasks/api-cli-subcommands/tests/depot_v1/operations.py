"""What can be done to a depot. Everything here changes the store in memory; the caller saves it.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from __future__ import annotations

from .errors import BadValue, Exists, Missing, Refused
from .model import Entry, Item, check_location, check_name, check_sku, check_tag, format_price, parse_price
from .store import Store

MAX_QUANTITY = 1_000_000


def _quantity(number: int, *, least: int = 1) -> int:
    if not least <= number <= MAX_QUANTITY:
        raise BadValue(f"the quantity must be between {least} and {MAX_QUANTITY}")
    return number


def add(
    store: Store,
    sku: str,
    name: str,
    *,
    price: str | None = None,
    minimum: int = 0,
    tags: list[str] | None = None,
    quantity: int | None = None,
    location: str | None = None,
) -> Item:
    sku = check_sku(sku)
    if sku in store.items:
        raise Exists(f"{sku} exists already")
    item = Item(sku, check_name(name), 0 if price is None else parse_price(price), _quantity(minimum, least=0))
    item.tags = sorted({check_tag(tag) for tag in tags or []})
    if (quantity is None) != (location is None):
        raise BadValue("a first stock needs both a quantity and a location")
    if quantity is not None and location is not None:
        item.stock[check_location(location)] = _quantity(quantity)
    store.items[sku] = item
    store.record("add", sku, item.name, None)
    return item


def edit(store: Store, sku: str, *, name: str | None = None, price: str | None = None, minimum: int | None = None) -> Item:
    item = store.item(check_sku(sku))
    if name is None and price is None and minimum is None:
        raise BadValue("nothing to change")
    before = item.to_json()
    changed = []
    if name is not None:
        item.name = check_name(name)
        changed.append(f"name={item.name}")
    if price is not None:
        item.price_cents = parse_price(price)
        changed.append(f"price={format_price(item.price_cents)}")
    if minimum is not None:
        item.minimum = _quantity(minimum, least=0)
        changed.append(f"min={item.minimum}")
    store.record("edit", item.sku, " ".join(changed), before)
    return item


def delete(store: Store, sku: str, *, force: bool = False) -> Item:
    item = store.item(check_sku(sku))
    if item.quantity and not force:
        raise Refused(f"{item.sku} still has {item.quantity} in stock")
    del store.items[item.sku]
    store.record("delete", item.sku, item.name, item.to_json())
    return item


def stock_in(store: Store, sku: str, quantity: int, location: str, note: str = "") -> tuple[Item, Entry]:
    item = store.item(check_sku(sku))
    location = check_location(location)
    before = item.to_json()
    item.stock[location] = item.stock.get(location, 0) + _quantity(quantity)
    return item, store.record("in", item.sku, _detail(f"+{quantity} {location}", note), before)


def stock_out(store: Store, sku: str, quantity: int, location: str, note: str = "") -> tuple[Item, Entry]:
    item = store.item(check_sku(sku))
    location = check_location(location)
    before = item.to_json()
    _take(item, _quantity(quantity), location)
    return item, store.record("out", item.sku, _detail(f"-{quantity} {location}", note), before)


def move(store: Store, sku: str, quantity: int, source: str, target: str, note: str = "") -> tuple[Item, Entry]:
    item = store.item(check_sku(sku))
    source, target = check_location(source), check_location(target)
    if source == target:
        raise BadValue("source and target are the same")
    before = item.to_json()
    _take(item, _quantity(quantity), source)
    item.stock[target] = item.stock.get(target, 0) + quantity
    return item, store.record("move", item.sku, _detail(f"{quantity} {source}>{target}", note), before)


def count(store: Store, sku: str, quantity: int, location: str, note: str = "") -> tuple[Item, Entry]:
    """What was counted is what there is."""
    item = store.item(check_sku(sku))
    location = check_location(location)
    before = item.to_json()
    if _quantity(quantity, least=0):
        item.stock[location] = quantity
    else:
        item.stock.pop(location, None)
    return item, store.record("set", item.sku, _detail(f"={quantity} {location}", note), before)


def tag(store: Store, sku: str, tags: list[str]) -> Item:
    item = store.item(check_sku(sku))
    wanted = {check_tag(text) for text in tags}
    before = item.to_json()
    item.tags = sorted({*item.tags, *wanted})
    store.record("tag", item.sku, ",".join(sorted(wanted)), before)
    return item


def untag(store: Store, sku: str, tags: list[str]) -> Item:
    item = store.item(check_sku(sku))
    wanted = {check_tag(text) for text in tags}
    absent = wanted - set(item.tags)
    if absent:
        raise Missing(f"{item.sku} has no tag {', '.join(sorted(absent))}")
    before = item.to_json()
    item.tags = sorted(set(item.tags) - wanted)
    store.record("untag", item.sku, ",".join(sorted(wanted)), before)
    return item


def undo(store: Store) -> Entry:
    """Take the last change back; it leaves the log."""
    if not store.log:
        raise Refused("nothing to undo")
    entry = store.log.pop()
    if entry.before is None:
        store.items.pop(entry.sku, None)
    else:
        store.items[entry.sku] = Item.from_json(entry.before)
    return entry


def verify(store: Store) -> list[str]:
    """What is wrong with the data, a line each."""
    problems = []
    for sku, item in sorted(store.items.items()):
        for location, number in sorted(item.stock.items()):
            if number <= 0:
                problems.append(f"{sku}: {number} in {location}")
        if item.price_cents < 0:
            problems.append(f"{sku}: negative price")
        if len(set(item.tags)) != len(item.tags):
            problems.append(f"{sku}: repeated tags")
    numbers = [entry.number for entry in store.log]
    if numbers != sorted(set(numbers)):
        problems.append("log: numbers out of order")
    return problems


def _take(item: Item, quantity: int, location: str) -> None:
    there = item.stock.get(location, 0)
    if there < quantity:
        raise Refused(f"{item.sku}: only {there} in {location}")
    if there == quantity:
        del item.stock[location]
    else:
        item.stock[location] = there - quantity


def _detail(text: str, note: str) -> str:
    return f"{text} ({note})" if note else text
