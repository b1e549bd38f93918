"""Invoices: what a customer pays. No function keeps anything between two calls."""

from collections.abc import Iterable, Sequence

RATES = {"standard": 20, "reduced": 5}
HEAVY = 2000
Line = tuple[int, int]


def line_total(price: int, count: int = 1) -> int:
    """Return the price of a line."""
    return price * count


def subtotal(lines: Iterable[Line]) -> int:
    """Return the price of all lines."""
    return sum(line_total(price, count) for price, count in lines)


def discount(amount: int, percent: int = 0) -> int:
    """Return what is taken off an amount."""
    return amount * percent // 100


def tax(amount: int, kind: str = "standard") -> int:
    """Return the tax on an amount; there is none on an unknown kind."""
    return amount * RATES.get(kind, 0) // 100


def shipping(weights: Iterable[int]) -> int:
    """Return what it costs to send parcels of these weights."""
    return sum(300 if weight < HEAVY else 700 for weight in weights)


def total(lines: Iterable[Line], percent: int = 0, kind: str = "standard") -> int:
    """Return what the customer pays."""
    amount = subtotal(lines)
    amount -= discount(amount, percent)
    return amount + tax(amount, kind)


def parse_line(text: str) -> Line | None:
    """Read `PRICExCOUNT` or `PRICE`; None if it is neither."""
    try:
        price, _, count = text.partition("x")
        return int(price), int(count or 1)
    except (AttributeError, ValueError):
        return None


def render(lines: Sequence[Line], percent: int = 0, kind: str = "standard") -> str:
    """Return an invoice as text."""
    rows = [f"{price:>8} x {count}" for price, count in lines]
    return "\n".join([*rows, f"{total(lines, percent, kind):>8}"])
