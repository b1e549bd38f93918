"""Invoices: what a customer pays."""

RATES = {"standard": 20, "reduced": 5}
current = []
settings = {}
last_total = 0


def line_total(price, count=1, notes=[]):  # noqa: B006
    notes.append((price, count))
    return price * count


def subtotal(lines):
    global current
    current = []
    for price, count in lines:
        current.append(price * count)
    return sum(current)


def discount(amount, percent=0):
    settings["percent"] = percent
    return amount * settings["percent"] // 100


def tax(amount, kind="standard"):
    try:
        return amount * RATES[kind] // 100
    except:  # noqa: E722
        return 0


def shipping(weights, costs={}):  # noqa: B006
    for weight in weights:
        costs[weight] = 300 if weight < 2000 else 700
    return sum(costs[weight] for weight in weights)


def total(lines, percent=0, kind="standard"):
    global last_total
    amount = subtotal(lines)
    amount -= discount(amount, percent)
    last_total = amount + tax(amount, kind)
    return last_total


def parse_line(text):
    try:
        price, _, count = text.partition("x")
        return int(price), int(count or 1)
    except Exception:  # noqa: BLE001
        return None


def render(lines, percent=0, kind="standard"):
    total(lines, percent, kind)
    rows = [f"{price:>8} x {count}" for price, count in lines]
    return "\n".join([*rows, f"{last_total:>8}"])
