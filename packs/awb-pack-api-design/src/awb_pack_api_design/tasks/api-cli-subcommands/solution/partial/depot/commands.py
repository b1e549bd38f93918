"""The commands: `depot item add ...`, with exit codes that tell what happened.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from . import __version__, operations, query, render, reports, transfer
from .errors import BadValue, DepotError, Exists, Missing, Refused, StoreError
from .model import Entry, Item, check_sku
from .store import Store

CODES: dict[type[DepotError], tuple[int, str]] = {
    Refused: (1, "refused"),
    BadValue: (2, "usage"),
    Missing: (3, "not_found"),
    Exists: (4, "exists"),
    StoreError: (5, "store"),
}
SORT = {"sku": "sku", "name": "name", "qty": "qty", "price": "price"}


class Result:
    """What a command has to say: as text, as JSON, and with which exit code."""

    def __init__(self, value: dict, text: str, *, message: bool = False, code: int = 0, end: str = "\n") -> None:
        self.value = value
        self.text = text
        self.message = message
        self.code = code
        self.end = end


class Parser(argparse.ArgumentParser):
    """Wrong usage is an error like any other."""

    def __init__(self, **options) -> None:
        super().__init__(**options)

    def error(self, message: str):
        raise BadValue(message)


def item_value(item: Item) -> dict:
    return {**item.to_json(), "quantity": item.quantity, "low": item.is_low}


def entry_value(entry: Entry) -> dict:
    value = entry.to_json()
    del value["before"]
    return value


def build_parser() -> Parser:
    parser = Parser(prog="depot", description="Keep track of parts.")
    parser.add_argument("--version", action="version", version=f"depot {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    command = _command(commands, "init", init, "create an empty store")
    command.add_argument("--force", action="store_true")

    item = _group(commands, "item", "add, change, remove and look at items")
    command = _command(item, "add", item_add, "add an item")
    command.add_argument("sku", metavar="SKU")
    command.add_argument("--name", required=True)
    command.add_argument("--price")
    command.add_argument("--minimum", type=int, default=0)
    command.add_argument("--tag", action="append", default=[])
    command.add_argument("--quantity", type=int)
    command.add_argument("--location")
    command = _command(item, "edit", item_edit, "change an item")
    command.add_argument("sku", metavar="SKU")
    command.add_argument("--name")
    command.add_argument("--price")
    command.add_argument("--minimum", type=int)
    command = _command(item, "remove", item_remove, "remove an item")
    command.add_argument("sku", metavar="SKU")
    command.add_argument("--force", action="store_true")
    command = _command(item, "show", item_show, "show an item")
    command.add_argument("sku", metavar="SKU")
    command = _command(item, "list", item_list, "list items")
    _selection(command)
    command = _command(item, "find", item_list, "list items whose SKU or name holds a text")
    command.add_argument("text", metavar="TEXT")
    _selection(command)

    stock = _group(commands, "stock", "put in, take out, move and count")
    for name, run, places in (
        ("in", stock_in, ("location",)),
        ("out", stock_out, ("location",)),
        ("move", stock_move, ("source", "target")),
        ("count", stock_count, ("location",)),
    ):
        command = _command(stock, name, run, run.__doc__)
        command.add_argument("sku", metavar="SKU")
        command.add_argument("quantity", metavar="QUANTITY", type=int)
        for place in places:
            command.add_argument(place, metavar={"source": "FROM", "target": "TO"}.get(place, "LOCATION"))
        command.add_argument("--note", default="")

    tag = _group(commands, "tag", "put tags on items and take them off")
    for name, run in (("add", tag_add), ("remove", tag_remove)):
        command = _command(tag, name, run, run.__doc__)
        command.add_argument("sku", metavar="SKU")
        command.add_argument("tags", metavar="TAG", nargs="+")
    _command(tag, "list", tag_list, "list tags")

    command = _command(commands, "report", report, "show a report")
    command.add_argument("kind", metavar="KIND", choices=sorted(reports.REPORTS))

    data = _group(commands, "data", "export, import and verify")
    command = _command(data, "export", data_export, "write items to a file")
    command.add_argument("target", metavar="FILE")
    command.add_argument("--format", choices=transfer.FORMATS, default="csv")
    command = _command(data, "import", data_import, "read items from a file")
    command.add_argument("source", metavar="FILE")
    command.add_argument("--format", choices=transfer.FORMATS, default="csv")
    command.add_argument("--update", action="store_true")
    command.add_argument("--dry-run", action="store_true")
    _command(data, "verify", data_verify, "check the data")

    command = _command(commands, "log", log, "show what was done")
    command.add_argument("--sku")
    command.add_argument("--limit", type=int)
    _command(commands, "undo", undo, "take the last change back")
    return parser


def _globals(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--file", default=os.environ.get("DEPOT_FILE", "depot.json"), help="the store")
    parser.add_argument("--quiet", action="store_true", help="say nothing after a change")


def _group(commands, name: str, text: str):
    parser = commands.add_parser(name, help=text, description=text)
    return parser.add_subparsers(metavar="COMMAND", required=True)


def _command(commands, name: str, run: Callable, text: str | None) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    _globals(parser)
    parser.set_defaults(run=run)
    return parser


def _selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--location")
    parser.add_argument("--tag", action="append", default=[])
    parser.add_argument("--low", action="store_true")
    parser.add_argument("--sort", choices=list(SORT), default="sku")
    parser.add_argument("--reverse", action="store_true")
    parser.add_argument("--limit", type=int)


def init(options: argparse.Namespace) -> Result:
    Store.create(options.file, force=options.force)
    return Result({"file": options.file}, f"created {options.file}", message=True)


def item_add(options: argparse.Namespace) -> Result:
    store = Store.load(options.file)
    item = operations.add(
        store,
        options.sku,
        options.name,
        price=options.price,
        minimum=options.minimum,
        tags=options.tag,
        quantity=options.quantity,
        location=options.location,
    )
    return _saved(store, {"item": item_value(item)}, f"added {item.sku}")


def item_edit(options: argparse.Namespace) -> Result:
    store = Store.load(options.file)
    item = operations.edit(store, options.sku, name=options.name, price=options.price, minimum=options.minimum)
    return _saved(store, {"item": item_value(item)}, f"changed {item.sku}")


def item_remove(options: argparse.Namespace) -> Result:
    store = Store.load(options.file)
    item = operations.delete(store, options.sku, force=options.force)
    return _saved(store, {"removed": item_value(item)}, f"deleted {item.sku}")


def item_show(options: argparse.Namespace) -> Result:
    item = Store.load(options.file).item(check_sku(options.sku))
    return Result({"item": item_value(item)}, render.item(item))


def item_list(options: argparse.Namespace) -> Result:
    store = Store.load(options.file)
    text = getattr(options, "text", None)
    found = query.select(store, location=options.location, tags=options.tag, low=options.low, text=text)
    shown = query.arrange(found, sort=SORT[options.sort], reverse=options.reverse, limit=options.limit)
    return Result({"items": [item_value(item) for item in shown], "total": len(shown)}, render.items(shown))


def stock_in(options: argparse.Namespace) -> Result:
    """put into stock"""
    store = Store.load(options.file)
    return _moved(store, operations.stock_in(store, options.sku, options.quantity, options.location, options.note))


def stock_out(options: argparse.Namespace) -> Result:
    """take out of stock"""
    store = Store.load(options.file)
    return _moved(store, operations.stock_out(store, options.sku, options.quantity, options.location, options.note))


def stock_move(options: argparse.Namespace) -> Result:
    """move between locations"""
    store = Store.load(options.file)
    return _moved(store, operations.move(store, options.sku, options.quantity, options.source, options.target, options.note))


def stock_count(options: argparse.Namespace) -> Result:
    """set what was counted"""
    store = Store.load(options.file)
    return _moved(store, operations.count(store, options.sku, options.quantity, options.location, options.note))


def tag_add(options: argparse.Namespace) -> Result:
    """put tags on an item"""
    store = Store.load(options.file)
    item = operations.tag(store, options.sku, options.tags)
    return _saved(store, {"item": item_value(item)}, f"{item.sku}: {', '.join(item.tags) or '-'}")


def tag_remove(options: argparse.Namespace) -> Result:
    """take tags off an item"""
    store = Store.load(options.file)
    item = operations.untag(store, options.sku, options.tags)
    return _saved(store, {"item": item_value(item)}, f"{item.sku}: {', '.join(item.tags) or '-'}")


def tag_list(options: argparse.Namespace) -> Result:
    rows = reports.tags(Store.load(options.file))
    return Result({"tags": rows}, render.report("tags", rows))


def report(options: argparse.Namespace) -> Result:
    rows = reports.REPORTS[options.kind](Store.load(options.file))
    value = {"report": options.kind, "rows": rows}
    if options.kind == "value":
        value["total_cents"] = sum(row["value_cents"] for row in rows)
    return Result(value, render.report(options.kind, rows))


def data_export(options: argparse.Namespace) -> Result:
    store = Store.load(options.file)
    text = transfer.write(store, options.format)
    if options.target == "-":
        return Result({}, text, end="")
    transfer.write_file(options.target, text)
    number = len(store.items)
    return Result({"file": options.target, "items": number}, f"wrote {number} items to {options.target}", message=True)


def data_import(options: argparse.Namespace) -> Result:
    store = Store.load(options.file)
    done = transfer.read(store, transfer.read_file(options.source), options.format, update=options.update)
    if not options.dry_run:
        store.save()
    return Result(done, render.imported(done, options.dry_run), code=1 if done["failed"] else 0)


def data_verify(options: argparse.Namespace) -> Result:
    problems = operations.verify(Store.load(options.file))
    return Result({"problems": problems}, "\n".join(problems) or "no problems", code=1 if problems else 0)


def log(options: argparse.Namespace) -> Result:
    store = Store.load(options.file)
    if options.limit is not None and options.limit < 1:
        raise BadValue("the limit must be at least 1")
    entries = store.log
    if options.sku is not None:
        wanted = check_sku(options.sku)
        entries = [entry for entry in entries if entry.sku == wanted]
    if options.limit:
        entries = entries[-options.limit :]
    return Result({"entries": [entry_value(entry) for entry in entries]}, render.log(entries))


def undo(options: argparse.Namespace) -> Result:
    store = Store.load(options.file)
    entry = operations.undo(store)
    return _saved(store, {"undone": entry_value(entry)}, f"undone: {entry.action} {entry.sku}")


def _saved(store: Store, value: dict, text: str) -> Result:
    store.save()
    return Result(value, text, message=True)


def _moved(store: Store, done: tuple[Item, Entry]) -> Result:
    item, entry = done
    value = {"item": item_value(item), "entry": entry_value(entry)}
    return _saved(store, value, f"{item.sku}: {entry.detail}, now {item.quantity}")


def fail(error: DepotError) -> int:
    """Tell an error the new way; gives the exit code."""
    code, _ = CODES[type(error)]
    print(f"error: {error}", file=sys.stderr)
    return code


def main(argv: list[str]) -> int:
    try:
        options = build_parser().parse_args(argv)
    except BadValue as error:
        return fail(error)
    try:
        result = options.run(options)
    except DepotError as error:
        return fail(error)
    if not (result.message and options.quiet):
        print(result.text, end=result.end)
    return result.code
