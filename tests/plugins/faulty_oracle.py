"""An oracle as it should be, and what may be wrong with it."""

import contextlib
import itertools
import json
import os
from pathlib import Path

from awb_core.model import Item, Measurement, OracleFailure
from awb_core.protocols import Command

READ = "import json; print(json.dumps(open('work.txt').read().split()))"
STRICT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["facts"],
    "properties": {"facts": {"type": "string", "description": "JSON file in tests/."}},
}
COUNTER = itertools.count()


class FaultyOracle:
    """Share of the hidden words that stand in work.txt, which is read in the sandbox."""

    name = "words"
    summary = "share of the hidden words"
    schema = STRICT

    def __init__(self, fault=""):
        self.fault = fault
        if fault == "is badly named":
            self.name = "Words!"
        if fault == "describes nothing":
            self.schema = {**STRICT, "properties": {"facts": {"type": "string"}}}
        if fault == "has no schema":
            self.schema = {**STRICT, "type": "thing"}
        if fault == "takes any option":
            self.schema = {**STRICT, "additionalProperties": True, "required": []}

    def measure(self, context):
        self.look(context.workspace, context)
        try:
            facts = json.loads((context.tests / context.check.options["facts"]).read_text("utf-8"))
            words = list(facts["words"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            if self.fault == "needs no facts":
                return Measurement(value=0.0)
            return OracleFailure(reason="the facts cannot be read", detail=repr(error))
        try:
            with context.open_sandbox() as box:
                command = Command(argv=[box.python, "-I", "-c", READ], seconds=context.seconds)
                result = box.run(command)
        except Exception:
            if self.fault == "hides failures":
                return Measurement(value=0.0)
            raise
        return self.decide(words, result, context)

    def look(self, root, context):
        """Look at files on the host, carelessly."""
        files = [path for path in root.rglob("*") if path.is_file()]
        work = root / "work.txt"
        if self.fault == "needs its file" and not work.exists():
            raise KeyError("work.txt")
        if self.fault == "needs content" and any(path.stat().st_size == 0 for path in files):
            raise ZeroDivisionError
        if self.fault == "reads text" and work.exists():
            work.read_text("utf-8")
        if self.fault == "loads JSON" and work.exists():
            with contextlib.suppress(ValueError):
                json.loads(work.read_text("utf-8", errors="replace")).get("words")
        if self.fault == "dislikes giants" and any(p.stat().st_size > 20 << 20 for p in files):
            raise MemoryError
        if self.fault == "writes into the workspace":
            (root / "seen").write_text("x")
        if self.fault == "writes into tests":
            (context.tests / "seen").write_text("x")
        if self.fault == "changes the environment":
            os.environ["AWB_FAULTY"] = str(next(COUNTER))

    def decide(self, words, result, context):
        if result.exit_code == 1:  # Python itself ran, and there is no such file
            return Measurement(value=0.0, note="work.txt cannot be read")
        try:
            found = json.loads(result.stdout)
            if self.fault == "trusts its output":
                found[0].upper()
            found = list(map(str, found))
        except (ValueError, TypeError, RecursionError) as error:
            if self.fault == "trusts its output" and isinstance(error, TypeError):
                raise
            if self.fault == "takes silence for nothing":
                return Measurement(value=0.0)
            return OracleFailure(reason="the words cannot be read", detail=str(result.exit_code))
        items = tuple(Item(id=w, credit=float(w in found)) for w in words)
        value = sum(item.credit for item in items) / len(items)
        if self.fault == "counts files":
            value = min(1.0, value + len(list(Path(context.workspace).iterdir())) / 100)
        if self.fault == "repeats ids":
            items = (*items, *items)
        if self.fault == "gives too much":
            items = (*items, Item(id="more", credit=2.0))
        if self.fault == "draws lots":
            value += next(COUNTER) / 1e6
        if self.fault == "follows the seed":
            value = 1 / (1 + context.seed % 7)
        if self.fault == "is off by a little":
            value *= 0.99
        return Measurement(value=value, items=items)
