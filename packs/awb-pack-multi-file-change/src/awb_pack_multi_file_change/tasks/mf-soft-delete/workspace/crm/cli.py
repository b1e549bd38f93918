"""The command line: for people who look after the data."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import events, exports, imports, reports
from .app import Crm, open_crm
from .dashboard import dashboard
from .errors import CrmError
from .merging import merge
from .search import search
from .services import ENTITIES


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="crm", description="Look after a customer database.")
    parser.add_argument("--database", default="crm.db")
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="rows of an entity, one JSON object a line")
    listing.add_argument("entity", choices=ENTITIES)
    show = commands.add_parser("show", help="one row")
    show.add_argument("entity", choices=ENTITIES)
    show.add_argument("id", type=int)
    add = commands.add_parser("add", help="create a row from FIELD=VALUE")
    add.add_argument("entity", choices=ENTITIES)
    add.add_argument("fields", nargs="+", metavar="FIELD=VALUE")
    delete = commands.add_parser("delete", help="delete a row and what hangs below it")
    delete.add_argument("entity", choices=ENTITIES)
    delete.add_argument("id", type=int)
    commands.add_parser("counts", help="the number of rows of each entity")
    find = commands.add_parser("search", help="search everything")
    find.add_argument("text")
    export = commands.add_parser("export", help="write a list")
    export.add_argument("kind")
    export.add_argument("--format", default="csv", choices=exports.FORMATS)
    history = commands.add_parser("history", help="what was done to a row")
    history.add_argument("entity", choices=ENTITIES)
    history.add_argument("id", type=int)
    merging = commands.add_parser("merge", help="merge a duplicate into a row")
    merging.add_argument("entity", choices=("accounts", "contacts"))
    merging.add_argument("id", type=int)
    merging.add_argument("duplicate", type=int)
    commands.add_parser("lists", help="the saved lists and how many rows each has")
    commands.add_parser("dashboard", help="the dashboard over all accounts")
    importing = commands.add_parser("import", help="read contacts from a CSV file")
    importing.add_argument("file")
    return parser


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def run(crm: Crm, options: argparse.Namespace, out) -> None:
    if options.command == "list":
        service = crm.services.named(options.entity)
        offset = 0
        while True:
            items = service.page(100, offset)["items"]
            for row in items:
                print(_line(row), file=out)
            if len(items) < 100:
                return
            offset += 100
    elif options.command == "show":
        print(_line(crm.services.named(options.entity).get(options.id)), file=out)
    elif options.command == "add":
        pairs = (field.partition("=") for field in options.fields)
        body = {name: _value(value) for name, _, value in pairs}
        print(_line(crm.services.named(options.entity).create(body)), file=out)
    elif options.command == "delete":
        crm.services.named(options.entity).delete(options.id)
        print(f"deleted {options.entity} {options.id}", file=out)
    elif options.command == "counts":
        for name, number in reports.counts(crm).items():
            print(f"{name} {number}", file=out)
    elif options.command == "search":
        for item in search(crm, options.text)["items"]:
            print(f"{item['type']} {item['id']} {item['label']}", file=out)
    elif options.command == "export":
        out.write(exports.export(crm, options.kind, options.format))
    elif options.command == "history":
        for event in events.history(crm, options.entity, options.id):
            print(f"{event['at']} {event['action']} {_line(event['changes'])}", file=out)
    elif options.command == "merge":
        merge(crm, options.entity, options.id, {"from": options.duplicate})
        print(f"merged {options.entity} {options.duplicate} into {options.id}", file=out)
    elif options.command == "lists":
        for each in crm.lists.all():
            print(f"{each['id']} {each['name']} {each['size']}", file=out)
    elif options.command == "dashboard":
        print(_line(dashboard(crm)), file=out)
    elif options.command == "import":
        print(_line(imports.import_contacts(crm, Path(options.file).read_text(encoding="utf-8"))), file=out)


def main(argv: list[str], out=None) -> int:
    """Run one command; 0 done, 1 refused (the code of the error is on stderr), 2 wrong usage."""
    options = _parser().parse_args(argv)
    crm = open_crm(options.database)
    try:
        run(crm, options, out or sys.stdout)
    except CrmError as error:
        print(f"error: {error.code}", file=sys.stderr)
        return 1
    finally:
        crm.close()
    return 0
