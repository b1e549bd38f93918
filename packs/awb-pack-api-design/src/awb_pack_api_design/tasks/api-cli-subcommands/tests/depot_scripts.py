"""Scripts of command lines and what they must give; the present program, in tests/depot_v1, is the measure of texts and changes.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import tempfile
from pathlib import Path

from depot_v1 import cli, errors, operations, query, reports
from depot_v1.store import Store

CODES = {
    errors.Refused: (1, "refused"),
    errors.BadValue: (2, "usage"),
    errors.Missing: (3, "not_found"),
    errors.Exists: (4, "exists"),
    errors.StoreError: (5, "store"),
}
REPLACED = {
    "--init": "init", "--add": "item add", "--edit": "item edit", "--delete": "item remove", "--show": "item show",
    "--list": "item list", "--find": "item find", "--in": "stock in", "--out": "stock out", "--move": "stock move",
    "--set": "stock count", "--tag": "tag add", "--untag": "tag remove", "--tag-list": "tag list", "--report": "report",
    "--export": "data export", "--import": "data import", "--verify": "data verify", "--log": "log", "--undo": "undo",
}

def item_value(item):
    return {**item.to_json(), "quantity": item.quantity, "low": item.is_low}


def entry_value(entry):
    value = entry.to_json()
    del value["before"]
    return value


class Script:
    """Builds steps and, beside them, what each must give, by running the present program in a folder of its own."""

    def __init__(self, number, folder):
        self.draw = random.Random(number)
        self.folder = folder
        self.steps = []
        self.wanted = []
        self.store = "depot.json"
        self.minute = 0
        self.skus = [f"{self.draw.choice('ABCDEFG')}{self.draw.randrange(100, 999)}-{n}" for n in range(6)]

    # The present program.

    def present(self, argv):
        """(code, output, exception) of the present program for these flags."""
        os.environ["DEPOT_NOW"] = self.now()
        out, err = io.StringIO(), io.StringIO()
        here = os.getcwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    options = cli._parser().parse_args(argv)
                    return cli.run(options), out.getvalue(), None
                except errors.DepotError as error:
                    return 1, out.getvalue(), error
                except SystemExit as end:
                    return end.code, out.getvalue(), None
        finally:
            os.chdir(here)

    def load(self):
        return Store.load(str(Path(self.folder, self.store)))

    def now(self):
        return f"2024-05-{self.minute // 60 + 1:02}T10:{self.minute % 60:02}:00Z"

    # Steps.

    def _step(self, argv, wanted, *, write=None, env=None, files=()):
        names = sorted({self.store, *files})
        step = {"argv": argv, "now": self.now(), "files": names}
        if write:
            step["write"] = write
        if env:
            step["env"] = env
        contents = {}
        for name in names:
            path = Path(self.folder, name)
            contents[name] = path.read_text(encoding="utf-8") if path.is_file() else None
        self.steps.append(step)
        self.wanted.append({**wanted, "files": contents})
        self.minute += 1

    def write(self, name, text):
        Path(self.folder, name).write_text(text, encoding="utf-8")
        return {name: text}

    def flags(self, *argv, warn=None, write=None, env=None, files=(), mode=None):
        """A command line of the old kind. `warn` names its action; without it the standard error is not looked at."""
        if mode == "error":
            line = f'error: {warn} is deprecated; use "depot {REPLACED[warn]}"'
            self._step(list(argv), {"code": 2, "out": "", "err": [line]}, write=write, env=env, files=files)
            return
        code, out, error = self.present(list(argv))
        wanted = {"code": code, "out": out if error is None else f"{out}Error: {error}\n"}
        if mode == "ignore":
            wanted["err"] = []
        elif warn is not None:
            wanted["err"] = [f'warning: {warn} is deprecated; use "depot {REPLACED[warn]}"']
        self._step(list(argv), wanted, write=write, env=env, files=files)

    def command(self, argv, flags, *, write=None, files=(), env=None):
        """A new command, which prints what these flags printed, or fails in the new way."""
        code, out, error = self.present(flags)
        if error is not None:
            number, _ = CODES[type(error)]
            self._step(argv, {"code": number, "out": "", "last": f"error: {error}"}, write=write, files=files, env=env)
        else:
            self._step(argv, {"code": code, "out": out, "err": []}, write=write, files=files, env=env)

    def json(self, argv, flags, value, *, write=None, files=(), env=None):
        """A new command with --json; `value` makes the result of (store before, store after)."""
        before = self.load() if Path(self.folder, self.store).exists() else None
        code, _, error = self.present(flags)
        if error is not None:
            number, name = CODES[type(error)]
            wanted = {"error": name, "message": str(error)}
            self._step(argv, {"code": number, "json": wanted, "err": []}, write=write, files=files, env=env)
        else:
            result = value(before, self.load())
            self._step(argv, {"code": code, "json": result, "err": []}, write=write, files=files, env=env)

    def usage(self, argv, *, as_json=False, write=None):
        """Wrong usage: nothing happens."""
        if as_json:
            self._step(argv, {"code": 2, "json": {"error": "usage", "message": None}, "err": []}, write=write)
        else:
            self._step(argv, {"code": 2, "out": "", "last": "error: "}, write=write)

    def helped(self, argv, *names):
        self._step(argv, {"code": 0, "names": ["", *names]})

    # Data.

    def fill(self, count=4, *, old=False):
        """A store with items, made by commands (or flags)."""
        if old:
            self.flags("--init")
        else:
            self.command(["init"], ["--init"])
        for sku in self.skus[:count]:
            price, minimum = self.price(), str(self.draw.randrange(0, 40))
            name = f"{self.draw.choice(['Bolt', 'Nut', 'Washer', 'Hinge', 'Größe'])} {self.draw.randrange(10)}"
            tags = self.draw.sample(["metal", "steel", "small", "spare"], self.draw.randrange(0, 3))
            flags = ["--add", sku, "--name", name, "--price", price, "--min", minimum]
            argv = ["item", "add", sku, "--name", name, "--price", price, "--minimum", minimum]
            if old:
                self.flags(*flags, *(["--tags", ",".join(tags)] if tags else []))
            else:
                self.command(argv, flags)
        for sku in self.skus[: count - 1]:
            quantity, location = str(self.draw.randrange(1, 60)), self.location()
            flags = ["--in", sku, "--qty", quantity, "--loc", location]
            if old:
                self.flags(*flags)
            else:
                self.command(["stock", "in", sku, quantity, location], flags)

    def price(self):
        return self.draw.choice([f"{self.draw.randrange(90)}.{self.draw.randrange(100):02}", str(self.draw.randrange(50)), "0.5"])

    def location(self):
        return self.draw.choice(["A1", "A2", "B7", "c12"])


NEW, OLD = {}, {}


def new(function):
    NEW[function.__name__.replace("_", "-")] = function
    return function


def old(function):
    OLD[function.__name__.replace("_", "-")] = function
    return function


def item_of(sku):
    return lambda before, after: {"item": item_value(after.items[sku])}


def change_of(sku):
    return lambda before, after: {"item": item_value(after.items[sku]), "entry": entry_value(after.log[-1])}


def listing(limit=None, sort="sku", reverse=False, **options):
    def make(before, after):
        found = query.select(after, **options)
        shown = query.arrange(found, sort=sort, reverse=reverse, limit=limit)
        return {"items": [item_value(item) for item in shown], "total": len(found)}

    return make


# The new design.


@new
def init_text(script):
    script.command(["init"], ["--init"])
    script.command(["init"], ["--init"])
    script.command(["init", "--force", "--quiet"], ["--init", "--force", "--quiet"])
    script.usage(["init", "extra"])


@new
def init_json(script):
    script.json(["init", "--json"], ["--init"], lambda before, after: {"file": "depot.json"})
    script.json(["init", "--json"], ["--init"], lambda before, after: {})
    script.json(["--json", "init", "--force"], ["--init", "--force"], lambda before, after: {"file": "depot.json"})


@new
def item_add_text(script):
    script.fill(2)
    sku = script.skus[4]
    script.command(
        ["item", "add", sku.lower(), "--name", "Spring  long", "--quantity", "7", "--location", "b2"],
        ["--add", sku.lower(), "--name", "Spring  long", "--qty", "7", "--loc", "b2"],
    )
    script.command(["item", "add", sku, "--name", "Again"], ["--add", sku, "--name", "Again"])
    script.command(["item", "add", "no good", "--name", "x"], ["--add", "no good", "--name", "x"])
    script.usage(["item", "add", script.skus[5]])


@new
def item_add_tags(script):
    script.fill(1)
    sku = script.skus[2]
    script.json(
        ["item", "add", sku, "--name", "Tagged", "--tag", "zinc", "--tag", "Alpha", "--json"],
        ["--add", sku, "--name", "Tagged", "--tags", "zinc,Alpha"],
        item_of(sku),
    )
    script.command(
        ["item", "list", "--tag", "alpha", "--tag", "zinc"],
        ["--list", "--tags", "alpha,zinc"],
    )
    script.usage(["item", "add", script.skus[3], "--name", "X", "--tags", "a,b"])


@new
def item_add_json(script):
    script.fill(1)
    sku, price = script.skus[3], script.price()
    script.json(
        ["item", "add", sku, "--name", "Spring", "--price", price, "--minimum", "9", "--quantity", "4", "--location", "A1", "--json"],
        ["--add", sku, "--name", "Spring", "--price", price, "--min", "9", "--qty", "4", "--loc", "A1"],
        item_of(sku),
    )
    script.json(["item", "add", sku, "--name", "Spring", "--json"], ["--add", sku, "--name", "Spring"], item_of(sku))
    script.json(
        ["item", "add", script.skus[4], "--name", "S", "--price", "1.234", "--json"],
        ["--add", script.skus[4], "--name", "S", "--price", "1.234"],
        item_of(sku),
    )


@new
def item_edit(script):
    script.fill(2)
    sku = script.skus[0]
    script.command(["item", "edit", sku, "--name", "Newer"], ["--edit", sku, "--name", "Newer"])
    script.json(
        ["item", "edit", sku, "--price", "3.5", "--minimum", "0", "--json"],
        ["--edit", sku, "--price", "3.5", "--min", "0"],
        item_of(sku),
    )
    script.command(["item", "edit", sku], ["--edit", sku])
    script.command(["item", "edit", "NONE-1", "--name", "x"], ["--edit", "NONE-1", "--name", "x"])


@new
def item_remove_text(script):
    script.fill(3)
    stocked, empty = script.skus[0], script.skus[2]
    script.command(["item", "remove", stocked], ["--delete", stocked])
    script.command(["item", "remove", stocked, "--force"], ["--delete", stocked, "--force"])
    script.command(["item", "remove", stocked], ["--delete", stocked])
    script.command(["item", "remove", empty, "--quiet"], ["--delete", empty, "--quiet"])


@new
def item_remove_json(script):
    script.fill(3)
    stocked = script.skus[0]
    script.json(["item", "remove", stocked, "--json"], ["--delete", stocked], None)
    script.json(
        ["item", "remove", stocked, "--force", "--json"],
        ["--delete", stocked, "--force"],
        lambda before, after: {"removed": item_value(before.items[stocked])},
    )


@new
def item_show(script):
    script.fill(2)
    script.command(["item", "show", script.skus[0]], ["--show", script.skus[0]])
    script.json(["item", "show", script.skus[0].lower(), "--json"], ["--show", script.skus[0].lower()], item_of(script.skus[0]))
    script.command(["item", "show", "NONE-1"], ["--show", "NONE-1"])


@new
def item_list_text(script):
    script.fill(5)
    script.command(["item", "list"], ["--list"])
    script.command(["item", "list", "--low"], ["--list", "--low"])
    script.command(["item", "list", "--location", "A1"], ["--list", "--loc", "A1"])
    script.command(["item", "list", "--sort", "price", "--reverse", "--limit", "2"], ["--list", "--sort", "price", "--reverse", "--limit", "2"])
    script.command(["item", "list", "--limit", "0"], ["--list", "--limit", "0"])


@new
def item_list_json(script):
    script.fill(5)
    script.json(["item", "list", "--json"], ["--list"], listing())
    script.json(["item", "list", "--limit", "2", "--json"], ["--list", "--limit", "2"], listing(limit=2))
    script.json(["item", "list", "--low", "--json"], ["--list", "--low"], listing(low=True))


@new
def item_list_by_quantity(script):
    script.fill(5)
    script.command(["item", "list", "--sort", "quantity"], ["--list", "--sort", "qty"])
    script.json(["item", "list", "--sort", "quantity", "--reverse", "--json"], ["--list", "--sort", "qty", "--reverse"], listing(sort="qty", reverse=True))
    script.usage(["item", "list", "--sort", "qty"])


@new
def item_find(script):
    script.fill(5)
    text = script.draw.choice(["o", "bolt", "nut", script.skus[1][:2]])
    script.command(["item", "find", text], ["--find", text])
    script.json(["item", "find", text, "--low", "--json"], ["--find", text, "--low"], listing(text=text, low=True))
    part = script.skus[1][:3]
    script.json(["item", "find", part, "--json"], ["--find", part], listing(text=part))
    script.command(["item", "find", " "], ["--find", " "])


@new
def stock_text(script):
    script.fill(3)
    sku = script.skus[0]
    script.command(["stock", "in", sku, "12", "a9", "--note", "order 7"], ["--in", sku, "--qty", "12", "--loc", "a9", "--note", "order 7"])
    script.command(["stock", "out", sku, "5", "A9"], ["--out", sku, "--qty", "5", "--loc", "A9"])
    script.command(["stock", "move", sku, "3", "A9", "B3"], ["--move", sku, "--qty", "3", "--loc", "A9", "--to", "B3"])
    script.command(["stock", "count", sku, "0", "B3"], ["--set", sku, "--qty", "0", "--loc", "B3"])
    script.command(["stock", "in", sku, "1", "A9", "--quiet"], ["--in", sku, "--qty", "1", "--loc", "A9", "--quiet"])


@new
def stock_json(script):
    script.fill(3)
    sku = script.skus[1]
    script.json(["stock", "in", sku, "12", "A9", "--json"], ["--in", sku, "--qty", "12", "--loc", "A9"], change_of(sku))
    script.json(["stock", "move", sku, "3", "A9", "B3", "--json"], ["--move", sku, "--qty", "3", "--loc", "A9", "--to", "B3"], change_of(sku))
    script.json(["stock", "out", sku, "3", "B3", "--json"], ["--out", sku, "--qty", "3", "--loc", "B3"], change_of(sku))
    script.json(["stock", "count", sku, "4", "B3", "--note", "Inventur Größe", "--json"], ["--set", sku, "--qty", "4", "--loc", "B3", "--note", "Inventur Größe"], change_of(sku))


@new
def stock_refusals(script):
    script.fill(2)
    sku = script.skus[0]
    script.command(["stock", "out", sku, "900", "A1"], ["--out", sku, "--qty", "900", "--loc", "A1"])
    script.command(["stock", "in", sku, "0", "A1"], ["--in", sku, "--qty", "0", "--loc", "A1"])
    script.command(["stock", "in", "NONE-1", "2", "A1"], ["--in", "NONE-1", "--qty", "2", "--loc", "A1"])
    script.command(["stock", "move", sku, "1", "A1", "A1"], ["--move", sku, "--qty", "1", "--loc", "A1", "--to", "A1"])
    script.usage(["stock", "in", sku, "many", "A1"])
    script.usage(["stock", "in", sku, "3"])


@new
def stock_refusals_json(script):
    script.fill(2)
    sku = script.skus[0]
    script.json(["stock", "out", sku, "900", "A1", "--json"], ["--out", sku, "--qty", "900", "--loc", "A1"], None)
    script.json(["stock", "in", sku, "2", "nowhere", "--json"], ["--in", sku, "--qty", "2", "--loc", "nowhere"], None)
    script.json(["stock", "in", "NONE-1", "2", "A1", "--json"], ["--in", "NONE-1", "--qty", "2", "--loc", "A1"], None)


@new
def tags_text(script):
    script.fill(2)
    sku = script.skus[0]
    script.command(["tag", "add", sku, "Zinc", "alpha"], ["--tag", sku, "--tags", "Zinc,alpha"])
    script.command(["tag", "remove", sku, "zinc"], ["--untag", sku, "--tags", "zinc"])
    script.command(["tag", "remove", sku, "zinc"], ["--untag", sku, "--tags", "zinc"])
    script.command(["tag", "list"], ["--tag-list"])
    script.usage(["tag", "add", sku])


@new
def tags_json(script):
    script.fill(2)
    sku = script.skus[0]
    script.json(["tag", "add", sku, "zinc", "alpha", "--json"], ["--tag", sku, "--tags", "zinc,alpha"], item_of(sku))
    script.json(["tag", "list", "--json"], ["--tag-list"], lambda before, after: {"tags": reports.tags(after)})
    script.json(["tag", "remove", sku, "zinc", "--json"], ["--untag", sku, "--tags", "zinc"], item_of(sku))
    script.json(["tag", "add", sku, "not a tag", "--json"], ["--tag", sku, "--tags", "not a tag"], None)


@new
def reports_text(script):
    script.fill(5)
    for kind in ("value", "low", "locations", "tags"):
        script.command(["report", kind], ["--report", kind])
    script.usage(["report", "weather"])


@new
def reports_json(script):
    script.fill(5)
    script.json(
        ["report", "value", "--json"],
        ["--report", "value"],
        lambda before, after: {
            "report": "value",
            "rows": reports.value(after),
            "total_cents": sum(row["value_cents"] for row in reports.value(after)),
        },
    )
    for kind in ("low", "locations"):
        script.json(
            ["report", kind, "--json"],
            ["--report", kind],
            lambda before, after, kind=kind: {"report": kind, "rows": reports.REPORTS[kind](after)},
        )


@new
def export_text(script):
    script.fill(3)
    script.command(["data", "export", "items.csv"], ["--export", "items.csv"], files=["items.csv"])
    script.command(["data", "export", "-", "--format", "lines"], ["--export", "-", "--format", "lines"])
    script.command(["data", "export", "no/such/place.csv"], ["--export", "no/such/place.csv"])


@new
def export_json(script):
    script.fill(3)
    script.json(
        ["data", "export", "items.txt", "--format", "lines", "--json"],
        ["--export", "items.txt", "--format", "lines"],
        lambda before, after: {"file": "items.txt", "items": len(after.items)},
        files=["items.txt"],
    )
    script.usage(["data", "export", "-", "--json"], as_json=True)


CSV = "sku,name,price,minimum,tags\n{0},Renamed,1.50,3,metal\n{1},Fresh,2,0,\n"
BAD = CSV + "bad sku,X,1,0,\n{2},Priced,1.999,0,\n"


@new
def import_text(script):
    script.fill(2)
    text = CSV.format(script.skus[0], script.skus[4])
    write = script.write("in.csv", text)
    script.command(["data", "import", "in.csv", "--dry-run"], ["--import", "in.csv", "--dry-run"], write=write)
    script.command(["data", "import", "in.csv"], ["--import", "in.csv"])
    script.command(["data", "import", "in.csv", "--update"], ["--import", "in.csv", "--update"])
    script.command(["data", "import", "none.csv"], ["--import", "none.csv"])


@new
def import_failures(script):
    script.fill(2)
    write = script.write("in.csv", BAD.format(script.skus[0], script.skus[4], script.skus[5]))
    script.command(["data", "import", "in.csv", "--dry-run"], ["--import", "in.csv", "--dry-run"], write=write)
    script.command(["data", "import", "in.csv", "--update"], ["--import", "in.csv", "--update"])
    write = script.write("wrong.csv", "a,b\n1,2\n")
    script.command(["data", "import", "wrong.csv"], ["--import", "wrong.csv"], write=write)


@new
def import_json(script):
    script.fill(2)
    write = script.write("in.csv", BAD.format(script.skus[0], script.skus[4], script.skus[5]))

    def result(dry):
        failed = [
            {"line": 4, "reason": "not a SKU: 'BAD SKU'"},
            {"line": 5, "reason": "not a price: '1.999'"},
        ]
        return lambda before, after: {
            "created": 1, "updated": 0 if dry else 1, "skipped": 1 if dry else 0, "failed": failed, "dry_run": dry,
        }

    script.json(["data", "import", "in.csv", "--dry-run", "--json"], ["--import", "in.csv", "--dry-run"], result(True), write=write)
    script.json(["data", "import", "in.csv", "--update", "--json"], ["--import", "in.csv", "--update"], result(False))


@new
def verifying(script):
    script.fill(2)
    script.command(["data", "verify"], ["--verify"])
    script.json(["data", "verify", "--json"], ["--verify"], lambda before, after: {"problems": []})
    value = json.loads(Path(script.folder, "depot.json").read_text(encoding="utf-8"))
    value["items"][0]["stock"]["A1"] = -4
    write = script.write("depot.json", json.dumps(value))
    script.command(["data", "verify"], ["--verify"], write=write)
    script.json(["data", "verify", "--json"], ["--verify"], lambda before, after: {"problems": operations.verify(after)})


@new
def log_text(script):
    script.fill(3)
    script.command(["log"], ["--log"])
    script.command(["log", "--sku", script.skus[0].lower(), "--limit", "1"], ["--log", "--sku", script.skus[0].lower(), "--limit", "1"])
    script.command(["log", "--limit", "0"], ["--log", "--limit", "0"])


@new
def log_json(script):
    script.fill(3)
    script.json(["log", "--json"], ["--log"], lambda before, after: {"entries": [entry_value(entry) for entry in after.log]})
    script.json(
        ["log", "--limit", "2", "--json"],
        ["--log", "--limit", "2"],
        lambda before, after: {"entries": [entry_value(entry) for entry in after.log[-2:]]},
    )


@new
def undoing(script):
    script.fill(2)
    script.command(["undo"], ["--undo"])
    script.json(["undo", "--json"], ["--undo"], lambda before, after: {"undone": entry_value(before.log[-1])})
    script.command(["undo"], ["--undo"])
    script.command(["undo"], ["--undo"])


@new
def globals_before(script):
    script.store = "other.json"
    script.command(["--file", "other.json", "init"], ["--file", "other.json", "--init"])
    sku = script.skus[0]
    script.command(["--quiet", "--file", "other.json", "item", "add", sku, "--name", "X"], ["--file", "other.json", "--quiet", "--add", sku, "--name", "X"])
    script.json(["--json", "--file=other.json", "item", "show", sku], ["--file", "other.json", "--show", sku], item_of(sku))
    script.command(["item", "show", sku], ["--show", sku])


@new
def globals_after(script):
    script.store = "other.json"
    script.command(["init", "--file", "other.json"], ["--file", "other.json", "--init"])
    sku = script.skus[0]
    script.command(["item", "--file", "other.json", "add", sku, "--name", "X", "--quiet"], ["--file", "other.json", "--quiet", "--add", sku, "--name", "X"])
    script.json(["item", "--json", "show", sku, "--file", "other.json"], ["--file", "other.json", "--show", sku], item_of(sku))
    script.command(["--quiet", "stock", "in", "--file=other.json", sku, "2", "A1"], ["--file", "other.json", "--quiet", "--in", sku, "--qty", "2", "--loc", "A1"])


@new
def store_by_variable(script):
    script.store = "var.json"
    env = {"DEPOT_FILE": "var.json"}
    script.command(["init"], ["--file", "var.json", "--init"], env=env)
    script._step(["init"], {"code": 4, "out": "", "last": "error: var.json exists already"}, env=env)
    script.json(["item", "list", "--json"], ["--file", "var.json", "--list"], listing(), env=env)


@new
def no_store(script):
    script.command(["item", "list"], ["--list"])
    script._step(["log", "--json"], {"code": 5, "json": {"error": "store", "message": "depot.json does not exist"}, "err": []})
    write = script.write("depot.json", "{broken")
    script.command(["undo"], ["--undo"], write=write)
    write = script.write("depot.json", '{"format": 7}')
    script.command(["item", "show", "A"], ["--show", "A"], write=write)


@new
def wrong_usage(script):
    script.fill(1)
    for argv in (["items"], ["item"], ["item", "paint"], ["item", "list", "--colour"], ["stock"], ["log", "--limit", "x"], []):
        script.usage(argv)


@new
def wrong_usage_json(script):
    script.fill(1)
    for argv in (["item", "paint", "--json"], ["--json", "items"], ["--json"], ["stock", "in", "A", "--json"], ["item", "list", "--json", "--limit", "x"]):
        script.usage(argv, as_json=True)


@new
def no_mixing(script):
    script.fill(2)
    script.usage(["item", "list", "--loc", "A1"])
    script.usage(["item", "list", "--list"])
    script.usage(["item", "add", script.skus[4], "--name", "X", "--qty", "3", "--location", "A1"])
    script.usage(["--list", "--json"], as_json=True)
    script.usage(["--json", "--show", script.skus[0]], as_json=True)


@new
def helping(script):
    script.helped(["--help"], "init", "item", "stock", "tag", "report", "data", "log", "undo")
    script.helped(["item", "--help"], "add", "edit", "remove", "show", "list", "find")
    script.helped(["stock", "--help"], "in", "out", "move", "count")
    script.helped(["data", "-h"], "export", "import", "verify")
    for argv in (["stock", "in", "--help"], ["report", "--help"], ["undo", "-h"]):
        script.helped(argv)
    script._step(["--version"], {"code": 0, "out": "depot 1.8.0\n", "err": []})


@new
def warnings_of_changes(script):
    script.flags("--init", warn="--init")
    sku = script.skus[0]
    script.flags("--add", sku, "--name", "X", "--price", "2", warn="--add")
    script.flags("--in", sku, "--qty", "9", "--loc", "A1", "--quiet", warn="--in")
    script.flags("--move", sku, "--qty", "3", "--loc", "A1", "--to", "B1", warn="--move")
    script.flags("--set", sku, "--qty", "3", "--loc", "A1", warn="--set")
    script.flags("--tag", sku, "--tags", "a,b", warn="--tag")
    script.flags("--untag", sku, "--tags", "a", warn="--untag")
    script.flags("--edit", sku, "--min", "4", warn="--edit")
    script.flags("--out", sku, "--qty", "1", "--loc", "A1", warn="--out")
    script.flags("--delete", sku, "--force", warn="--delete")
    script.flags("--undo", warn="--undo")


@new
def warnings_of_questions(script):
    script.fill(3)
    script.flags("--list", "--low", warn="--list")
    script.flags("--show", script.skus[0], warn="--show")
    script.flags("--find", "o", warn="--find")
    script.flags("--report", "value", warn="--report")
    script.flags("--tag-list", warn="--tag-list")
    script.flags("--log", warn="--log")
    script.flags("--verify", warn="--verify")
    script.flags("--export", "-", warn="--export")
    script.flags("--import", "none.csv", warn="--import")


@new
def warnings_of_failures(script):
    script.fill(2)
    script.flags("--show", "NONE-1", warn="--show")
    script.flags("--out", script.skus[0], "--qty", "900", "--loc", "A1", "--quiet", warn="--out")
    script.flags("--add", script.skus[0], "--name", "Y", warn="--add")
    script.flags("--in", script.skus[0], warn="--in")
    script.flags("--und", warn="--undo")
    script.flags("--vers")


@new
def warnings_silenced(script):
    script.fill(2)
    env = {"DEPOT_DEPRECATIONS": "ignore"}
    script.flags("--list", warn="--list", env=env, mode="ignore")
    script.flags("--show", "NONE-1", warn="--show", env=env, mode="ignore")
    script.flags("--list", warn="--list", env={"DEPOT_DEPRECATIONS": "loud"})
    script.command(["item", "list"], ["--list"], env=env)


@new
def warnings_as_errors(script):
    script.fill(2)
    env = {"DEPOT_DEPRECATIONS": "error"}
    script.flags("--list", warn="--list", env=env, mode="error")
    script.flags("--delete", script.skus[1], "--force", warn="--delete", env=env, mode="error")
    script.flags("--undo", warn="--undo", env=env, mode="error")
    script.command(["undo"], ["--undo"], env=env)


# What the flags do today.


@old
def flags_items(script):
    script.fill(4, old=True)
    sku = script.skus[0]
    for argv in (["--list"], ["--show", sku], ["--edit", sku, "--name", "Q", "--price", "7"], ["--edit", sku], ["--find", "o"], ["--show", "NONE"]):
        script.flags(*argv)
    script.flags("--delete", sku)
    script.flags("--delete", sku, "--force")


@old
def flags_lists(script):
    script.fill(5, old=True)
    script.flags("--list", "--sort", "qty", "--reverse")
    script.flags("--list", "--tags", "metal")
    script.flags("--list", "--loc", "A1", "--limit", "2")
    script.flags("--list", "--limit", "0")
    script.flags("--find", " ")


@old
def flags_stock(script):
    script.fill(3, old=True)
    sku = script.skus[0]
    script.flags("--in", sku, "--qty", "5", "--loc", "Z9", "--note", "hello")
    script.flags("--out", sku, "--qty", "6", "--loc", "Z9")
    script.flags("--move", sku, "--qty", "2", "--loc", "Z9", "--to", "Y8", "--quiet")
    script.flags("--set", sku, "--qty", "0", "--loc", "Y8")
    script.flags("--in", sku, "--qty", "5")
    script.flags("--in", sku, "--qty", "x", "--loc", "A1")


@old
def flags_reports(script):
    script.fill(5, old=True)
    for kind in ("value", "low", "locations", "tags"):
        script.flags("--report", kind)
    script.flags("--tag-list")
    script.flags("--log", "--limit", "3")
    script.flags("--log", "--sku", script.skus[0])
    script.flags("--report", "weather")


@old
def flags_transfer(script):
    script.fill(3, old=True)
    script.flags("--export", "out.csv", files=["out.csv"])
    script.flags("--export", "-", "--format", "lines")
    write = script.write("in.csv", BAD.format(script.skus[0], script.skus[4], script.skus[5]))
    script.flags("--import", "in.csv", "--dry-run", write=write)
    script.flags("--import", "in.csv", "--update")
    script.flags("--import", "none.csv")


@old
def flags_tags_and_undo(script):
    script.fill(2, old=True)
    sku = script.skus[0]
    script.flags("--tag", sku, "--tags", "a,b")
    script.flags("--untag", sku, "--tags", "a,zz")
    script.flags("--untag", sku, "--tags", "a")
    for _ in range(3):
        script.flags("--undo")
    script.flags("--verify")


@old
def flags_usage(script):
    script.flags("--list")
    script.flags("--init")
    script.flags("--init")
    script.flags("--list", "--show", "A")
    script.flags()
    script.flags("--add", "A1")
    script.flags("--version")
    script.flags("--add", "A1", "--nam", "Shortened", "--pri", "2")
    script.flags("--file", "none.json", "--list")


def build(name, number):
    """The steps of a script, and what each must give."""
    kept = os.environ.get("DEPOT_NOW")
    try:
        with tempfile.TemporaryDirectory() as folder:
            script = Script(number, folder)
            ({**NEW, **OLD})[name](script)
            return script.steps, script.wanted
    finally:
        if kept is None:
            os.environ.pop("DEPOT_NOW", None)
        else:
            os.environ["DEPOT_NOW"] = kept


def drawn(names, seed):
    draw = random.Random(seed)
    found = []
    for name in names:
        number = draw.randrange(1 << 40)
        steps, _ = build(name, number)
        found.append({"id": name, "number": number, "input": {"steps": steps}})
    return found


def check(case, answer):
    """Compare what was seen, step by step."""
    _, wanted = build(case["id"], case["number"])
    seen = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(seen, list) or len(seen) != len(wanted):
        return False, f"{answer}"[:300]
    for step, expected, found in zip(case["input"]["steps"], wanted, seen, strict=True):
        wrong = _wrong(expected, found)
        if wrong:
            return False, f"{' '.join(step['argv'])}: {wrong}"[:400]
    return True, ""


def _wrong(expected, found):
    if not isinstance(found, dict) or found.get("code") != expected["code"]:
        return f"exit code {found.get('code') if isinstance(found, dict) else found}, not {expected['code']}"
    out, err = found.get("out"), found.get("err")
    if not isinstance(out, str) or not isinstance(err, str):
        return "no output"
    if "out" in expected and out != expected["out"]:
        return f"output {out!r}"
    if "err" in expected and err.splitlines() != expected["err"]:
        return f"standard error {err!r}"
    if "last" in expected:
        last = (err.splitlines() or [""])[-1]
        good = last.startswith("error: ") and len(last) > 7 if expected["last"] == "error: " else last == expected["last"]
        if not good:
            return f"standard error {err!r}"
    if "names" in expected and (not out.strip() or any(name not in out for name in expected["names"])):
        return f"help {out!r}"
    if "json" in expected:
        try:
            value = json.loads(out)
        except ValueError:
            return f"not JSON: {out!r}"
        wanted = expected["json"]
        if "error" in wanted and "message" in wanted:
            told = value.get("error") if isinstance(value, dict) and len(value) == 1 else None
            if not isinstance(told, dict) or set(told) != {"code", "message"} or told["code"] != wanted["error"]:
                return f"error {out!r}"
            if not isinstance(told["message"], str) or not told["message"]:
                return f"error {out!r}"
            if wanted["message"] is not None and told["message"] != wanted["message"]:
                return f"error {out!r}"
        elif not _same(wanted, value):
            return f"result {out!r}"
    if _files(expected["files"]) != _files(found.get("files") or {}):
        return "other files"
    return ""


def _files(files):
    """File contents; JSON is compared as a value."""
    found = {}
    for name, text in files.items():
        try:
            found[name] = json.loads(text)
        except (ValueError, TypeError):
            found[name] = text
    return found


def _same(wanted, value):
    if isinstance(wanted, dict):
        return isinstance(value, dict) and wanted.keys() == value.keys() and all(_same(wanted[key], value[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(value, list) and len(wanted) == len(value) and all(map(_same, wanted, value))
    return type(wanted) is type(value) and wanted == value
