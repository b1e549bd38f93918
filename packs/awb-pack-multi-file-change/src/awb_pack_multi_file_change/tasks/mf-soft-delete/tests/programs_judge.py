"""Every status and value of a program must be the model's.

The topics take turns, so that each has the same share of the examples whatever the seed.

awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""

from __future__ import annotations

import itertools
import json
from urllib.parse import parse_qs, urlsplit

from hypothesis import strategies as st

from crm_model import Model, parsed_export, same
from crm_programs import TOPICS, build

_turns = itertools.cycle(TOPICS)


def inputs():
    return st.integers(min_value=0, max_value=2**48).map(lambda number: build(next(_turns), number))


def replay(program):
    """The model as it stands before the first operation."""
    model = Model()
    if "old" in program:
        for entity, rows in program["old"].items():
            if entity == "bump":
                following = {row["name"]: row["seq"] + 1 for row in rows}
                model.next_list, model.next_hook = following.pop("lists"), following.pop("webhooks")
                model.next.update(following)
            elif entity == "events":
                model.events = [{**row, "changes": json.loads(row["changes"])} for row in rows]
            elif entity == "lists":
                for row in rows:
                    shown = {name: row[name] for name in ("id", "name", "entity", "created_at")}
                    model.lists[row["id"]] = {**shown, "where": json.loads(row["conditions"])}
            elif entity == "webhooks":
                model.hooks = {row["id"]: dict(row) for row in rows}
            elif entity == "account_figures":
                continue
            elif entity == "contact_tags":
                model.links = {(row["contact_id"], row["tag_id"]) for row in rows}
            else:
                for row in rows:
                    values = {**row, "deleted_at": None, "root": None}
                    if entity == "activities":
                        values["done"] = bool(values["done"])
                    model.rows[entity][row["id"]] = values
    return model


def holds(program, answer):
    seen = answer.get("value") if isinstance(answer, dict) else None
    operations = program["operations"]
    if not isinstance(seen, list) or len(seen) != len(operations):
        return False, f"{program['topic']}: {json.dumps(answer)[:200]}"
    model = replay(program)
    for number, (operation, found) in enumerate(zip(operations, seen, strict=True)):
        if not agrees(model, operation, found):
            what = operation.get("argv") or [operation.get("method"), operation.get("path"), operation.get("body")]
            return False, f"{program['topic']}: operation {number} {what}: {json.dumps(found)[:250]}"
    return True


def agrees(model, operation, found):
    if not isinstance(found, list) or len(found) != 2:
        return False
    model.now = operation["now"]
    if operation["do"] == "reopen":
        return found[0] == "opened"
    if operation["do"] == "command":
        code, lines = model.command(operation["argv"])
        if not same(code, found[0]) or not isinstance(found[1], str):
            return False
        return printed(operation["argv"], lines, found[1]) if code == 0 else True
    status, value = model.handle(operation["method"], operation["path"], operation.get("body"))
    if not same(status, found[0]):
        return False
    split = urlsplit(operation["path"])
    if status == 200 and split.path.startswith("/export/"):
        return exported(value, found[1], parse_qs(split.query).get("format", ["csv"])[-1])
    return same(value, found[1])


def exported(value, text, form):
    try:
        return isinstance(text, str) and same(value, parsed_export(text, form))
    except (ValueError, TypeError):
        return False


def printed(argv, lines, text):
    if argv[0] == "export":
        return exported(lines, text, "json" if "json" in argv else "csv")
    found = text.splitlines()
    if argv[0] in ("list", "show", "dashboard"):
        try:
            found = [json.loads(line) for line in found]
        except ValueError:
            return False
    return same(lines, found)
