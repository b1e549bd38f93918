"""What people read."""

from __future__ import annotations

from .model import Entry, Item, format_price


def table(headers: list[str], rows: list[list[object]]) -> str:
    """Columns as wide as they need to be; numbers to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(header), *(len(row[index]) for row in texts), 0) for index, header in enumerate(headers)]
    numeric = [all(isinstance(row[index], int) for row in rows) and bool(rows) for index in range(len(headers))]

    def line(cells: list[str]) -> str:
        padded = [cell.rjust(width) if right else cell.ljust(width) for cell, width, right in zip(cells, widths, numeric, strict=True)]
        return "  ".join(padded).rstrip()

    return "\n".join([line(headers), line(["-" * width for width in widths]), *(line(row) for row in texts)])


def items(found: list[Item]) -> str:
    if not found:
        return "no items"
    rows = [[item.sku, item.name, item.quantity, format_price(item.price_cents), ",".join(sorted(item.tags))] for item in found]
    return table(["SKU", "NAME", "QTY", "PRICE", "TAGS"], rows)


def item(found: Item) -> str:
    lines = [
        f"sku:      {found.sku}",
        f"name:     {found.name}",
        f"price:    {format_price(found.price_cents)}",
        f"minimum:  {found.minimum}",
        f"tags:     {', '.join(sorted(found.tags)) or '-'}",
        f"quantity: {found.quantity}{' (low)' if found.is_low else ''}",
    ]
    lines += [f"  {location}: {number}" for location, number in sorted(found.stock.items())]
    return "\n".join(lines)


def report(kind: str, rows: list[dict]) -> str:
    if not rows:
        return "nothing to report"
    if kind == "value":
        text = table(["SKU", "QTY", "VALUE"], [[row["sku"], row["quantity"], format_price(row["value_cents"])] for row in rows])
        return f"{text}\ntotal {format_price(sum(row['value_cents'] for row in rows))}"
    headers = [name.upper() for name in rows[0]]
    return table(headers, [list(row.values()) for row in rows])


def log(entries: list[Entry]) -> str:
    if not entries:
        return "no entries"
    return "\n".join(f"{entry.number:>4} {entry.time} {entry.action:<6} {entry.sku} {entry.detail}" for entry in entries)


def imported(done: dict, dry: bool) -> str:
    text = f"{done['created']} created, {done['updated']} updated, {done['skipped']} skipped"
    lines = [f"{text}{' (dry run)' if dry else ''}"]
    lines += [f"line {failure['line']}: {failure['reason']}" for failure in done["failed"]]
    return "\n".join(lines)
