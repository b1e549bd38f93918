"""The command line.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from __future__ import annotations

import argparse
import os
import sys

from . import __version__, operations, query, render, reports, transfer
from .errors import BadValue, DepotError
from .model import check_sku
from .store import Store


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="depot", description="Keep track of parts.")
    parser.add_argument("--version", action="version", version=f"depot {__version__}")
    parser.add_argument("--file", default=os.environ.get("DEPOT_FILE", "depot.json"), help="the store")
    parser.add_argument("--quiet", action="store_true", help="say nothing after a change")

    actions = parser.add_argument_group("actions").add_mutually_exclusive_group(required=True)
    actions.add_argument("--init", action="store_true", help="create an empty store")
    actions.add_argument("--add", metavar="SKU", help="add an item")
    actions.add_argument("--edit", metavar="SKU", help="change an item")
    actions.add_argument("--delete", metavar="SKU", help="delete an item")
    actions.add_argument("--show", metavar="SKU", help="show an item")
    actions.add_argument("--list", action="store_true", help="list items")
    actions.add_argument("--find", metavar="TEXT", help="list items whose SKU or name holds TEXT")
    actions.add_argument("--in", dest="stock_in", metavar="SKU", help="put into stock")
    actions.add_argument("--out", metavar="SKU", help="take out of stock")
    actions.add_argument("--move", metavar="SKU", help="move between locations")
    actions.add_argument("--set", metavar="SKU", help="set what was counted")
    actions.add_argument("--tag", metavar="SKU", help="put tags on an item")
    actions.add_argument("--untag", metavar="SKU", help="take tags off an item")
    actions.add_argument("--tag-list", action="store_true", help="list tags")
    actions.add_argument("--report", choices=sorted(reports.REPORTS), help="show a report")
    actions.add_argument("--export", metavar="FILE", help="write items to a file")
    actions.add_argument("--import", dest="import_file", metavar="FILE", help="read items from a file")
    actions.add_argument("--log", action="store_true", help="show what was done")
    actions.add_argument("--undo", action="store_true", help="take the last change back")
    actions.add_argument("--verify", action="store_true", help="check the data")

    modifiers = parser.add_argument_group("modifiers")
    modifiers.add_argument("--name")
    modifiers.add_argument("--price")
    modifiers.add_argument("--min", type=int)
    modifiers.add_argument("--tags", help="A,B,...")
    modifiers.add_argument("--qty", type=int)
    modifiers.add_argument("--loc")
    modifiers.add_argument("--to")
    modifiers.add_argument("--note", default="")
    modifiers.add_argument("--low", action="store_true")
    modifiers.add_argument("--sort", choices=list(query.KEYS), default="sku")
    modifiers.add_argument("--reverse", action="store_true")
    modifiers.add_argument("--limit", type=int)
    modifiers.add_argument("--sku")
    modifiers.add_argument("--format", choices=transfer.FORMATS, default="csv")
    modifiers.add_argument("--update", action="store_true")
    modifiers.add_argument("--dry-run", action="store_true")
    modifiers.add_argument("--force", action="store_true")
    return parser


def _tags(options: argparse.Namespace) -> list[str]:
    return [tag for tag in (options.tags or "").split(",") if tag.strip()]


def _needed(options: argparse.Namespace, *names: str) -> None:
    for name in names:
        if getattr(options, name) is None:
            raise BadValue(f"--{name} is needed")


def _say(options: argparse.Namespace, text: str) -> None:
    if not options.quiet:
        print(text)


def run(options: argparse.Namespace) -> int:
    if options.init:
        Store.create(options.file, force=options.force)
        _say(options, f"created {options.file}")
        return 0
    store = Store.load(options.file)
    if options.list or options.find is not None:
        found = query.select(store, location=options.loc, tags=_tags(options), low=options.low, text=options.find)
        print(render.items(query.arrange(found, sort=options.sort, reverse=options.reverse, limit=options.limit)))
        return 0
    if options.show is not None:
        print(render.item(store.item(check_sku(options.show))))
        return 0
    if options.tag_list:
        print(render.report("tags", reports.tags(store)))
        return 0
    if options.report is not None:
        print(render.report(options.report, reports.REPORTS[options.report](store)))
        return 0
    if options.log:
        return _log(store, options)
    if options.verify:
        problems = operations.verify(store)
        print("\n".join(problems) or "no problems")
        return 1 if problems else 0
    if options.export is not None:
        return _export(store, options)
    return _change(store, options)


def _log(store: Store, options: argparse.Namespace) -> int:
    if options.limit is not None and options.limit < 1:
        raise BadValue("the limit must be at least 1")
    entries = store.log
    if options.sku is not None:
        wanted = check_sku(options.sku)
        entries = [entry for entry in entries if entry.sku == wanted]
    print(render.log(entries[-options.limit :] if options.limit else entries))
    return 0


def _export(store: Store, options: argparse.Namespace) -> int:
    text = transfer.write(store, options.format)
    if options.export == "-":
        sys.stdout.write(text)
        return 0
    transfer.write_file(options.export, text)
    _say(options, f"wrote {len(store.items)} items to {options.export}")
    return 0


def _change(store: Store, options: argparse.Namespace) -> int:
    if options.add is not None:
        _needed(options, "name")
        item = operations.add(
            store,
            options.add,
            options.name,
            price=options.price,
            minimum=options.min or 0,
            tags=_tags(options),
            quantity=options.qty,
            location=options.loc,
        )
        text = f"added {item.sku}"
    elif options.edit is not None:
        item = operations.edit(store, options.edit, name=options.name, price=options.price, minimum=options.min)
        text = f"changed {item.sku}"
    elif options.delete is not None:
        item = operations.delete(store, options.delete, force=options.force)
        text = f"deleted {item.sku}"
    elif options.stock_in is not None:
        _needed(options, "qty", "loc")
        item, entry = operations.stock_in(store, options.stock_in, options.qty, options.loc, options.note)
        text = f"{item.sku}: {entry.detail}, now {item.quantity}"
    elif options.out is not None:
        _needed(options, "qty", "loc")
        item, entry = operations.stock_out(store, options.out, options.qty, options.loc, options.note)
        text = f"{item.sku}: {entry.detail}, now {item.quantity}"
    elif options.move is not None:
        _needed(options, "qty", "loc", "to")
        item, entry = operations.move(store, options.move, options.qty, options.loc, options.to, options.note)
        text = f"{item.sku}: {entry.detail}, now {item.quantity}"
    elif options.set is not None:
        _needed(options, "qty", "loc")
        item, entry = operations.count(store, options.set, options.qty, options.loc, options.note)
        text = f"{item.sku}: {entry.detail}, now {item.quantity}"
    elif options.tag is not None:
        _needed(options, "tags")
        item = operations.tag(store, options.tag, _tags(options))
        text = f"{item.sku}: {', '.join(item.tags) or '-'}"
    elif options.untag is not None:
        _needed(options, "tags")
        item = operations.untag(store, options.untag, _tags(options))
        text = f"{item.sku}: {', '.join(item.tags) or '-'}"
    elif options.import_file is not None:
        done = transfer.read(store, transfer.read_file(options.import_file), options.format, update=options.update)
        if not options.dry_run:
            store.save()
        print(render.imported(done, options.dry_run))
        return 1 if done["failed"] else 0
    else:
        entry = operations.undo(store)
        text = f"undone: {entry.action} {entry.sku}"
    store.save()
    _say(options, text)
    return 0


def main(argv: list[str]) -> int:
    options = _parser().parse_args(argv)
    try:
        return run(options)
    except DepotError as error:
        print(f"Error: {error}")
        return 1
