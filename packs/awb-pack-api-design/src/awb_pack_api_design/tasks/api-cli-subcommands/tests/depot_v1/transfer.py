"""Items as CSV or as lines, in and out.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from . import operations
from .errors import BadValue, DepotError, Missing
from .model import format_price
from .store import Store

COLUMNS = ("sku", "name", "price", "minimum", "tags")
FORMATS = ("csv", "lines")


def write(store: Store, form: str) -> str:
    items = [item for _, item in sorted(store.items.items())]
    if form == "lines":
        return "".join(f"{item.sku}\t{item.quantity}\t{item.name}\n" for item in items)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in items:
        writer.writerow([item.sku, item.name, format_price(item.price_cents), item.minimum, " ".join(sorted(item.tags))])
    return stream.getvalue()


def read_file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Missing(f"no file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadValue(f"{path} cannot be read") from error


def write_file(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadValue(f"{path} cannot be written") from error


def read(store: Store, text: str, form: str, *, update: bool = False) -> dict:
    """Take items over; a line that does not fit is told and the others go on."""
    done = {"created": 0, "updated": 0, "skipped": 0, "failed": []}
    for number, row in _rows(text, form):
        try:
            done[_take(store, row, update)] += 1
        except DepotError as error:
            done["failed"].append({"line": number, "reason": str(error)})
    return done


def _rows(text: str, form: str) -> list[tuple[int, dict]]:
    if form == "lines":
        rows = []
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                parts = line.split("\t")
                rows.append((number, {"sku": parts[0], "name": parts[-1] if len(parts) > 1 else ""}))
        return rows
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise BadValue(f"the columns must be {','.join(COLUMNS)}")
    return [(reader.line_num, row) for row in reader]


def _take(store: Store, row: dict, update: bool) -> str:
    minimum = row.get("minimum") or "0"
    if not minimum.isdigit():
        raise BadValue(f"not a number: {minimum!r}")
    values = {"name": row["name"] or "", "price": row.get("price") or None, "minimum": int(minimum)}
    sku = (row["sku"] or "").strip().upper()
    if sku not in store.items:
        operations.add(store, sku, tags=(row.get("tags") or "").split(), **values)
        return "created"
    if not update:
        return "skipped"
    operations.edit(store, sku, **values)
    return "updated"
