"""What every oracle must show of itself and of what it measures, one function a behaviour."""

from __future__ import annotations

import math
import os
import re
import sys
from pathlib import Path

from awb_core.model import Measurement
from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.oracle_bench import OracleBench, Seen
from awb_core.testing.sandbox_bench import seen
from awb_core.validation import validator

NAME = re.compile(r"[a-z][a-z0-9-]*")
UNKNOWN = "awb-no-such-option"


def has_a_name(bench: OracleBench) -> Observation:
    """Its name is lower case with dashes, its summary one line."""
    name, summary = bench.oracle.name, bench.oracle.summary
    held = bool(NAME.fullmatch(name)) and summary.strip() and "\n" not in summary
    return seen(bool(held), f"{name!r}: {summary!r}")


def has_a_schema(bench: OracleBench) -> Observation:
    """Its options have a valid JSON Schema in which each is described."""
    from jsonschema.exceptions import SchemaError

    schema = bench.oracle.schema
    try:
        validator(schema).check_schema(dict(schema))
    except SchemaError as error:
        return seen(False, f"no JSON Schema: {error.message}")
    options = schema.get("properties", {})
    bare = [name for name, value in options.items() if not value.get("description")]
    return seen(schema.get("type") == "object" and not bare, f"not described: {bare or schema}")


def refuses_wrong_options(bench: OracleBench) -> Observation:
    """It takes the options of the check, no unknown one, and none that lack a required one."""
    check = validator(bench.oracle.schema)
    options = dict(bench.check.options)
    wrong = [] if check.is_valid(options) else ["it refuses the options of the check"]
    if check.is_valid({**options, UNKNOWN: 1}):
        wrong.append("it takes an unknown option")
    wrong += [
        f"it does without {name!r}"
        for name in bench.oracle.schema.get("required", ())
        if check.is_valid({key: value for key, value in options.items() if key != name})
    ]
    return seen(not wrong, "; ".join(wrong))


def is_sane(bench: OracleBench) -> Observation:
    """Of the canonical solution it measures a finite number, with items of their own ids and credit in [0, 1]."""
    return seen(not (words := insane(bench.ordinary)), words)


def repeats_itself(bench: OracleBench) -> Observation:
    """With one seed it measures the same again, item by item."""
    again = bench.measure(bench.canonical)
    return seen(again.measured == bench.ordinary.measured, f"{bench.ordinary}, then {again}")


def takes_any_seed(bench: OracleBench) -> Observation:
    """With other seeds the canonical solution measures the same value."""
    values = {seed: bench.measure(bench.canonical, seed=seed) for seed in (1, 2**31)}
    first = bench.ordinary.value
    same = all(
        one.value is not None and first is not None and math.isclose(one.value, first, abs_tol=0.02)
        for one in values.values()
    )
    return seen(same, f"{bench.ordinary}; {'; '.join(f'{s}: {v}' for s, v in values.items())}")


def touches_nothing(bench: OracleBench) -> Observation:
    """It leaves the workspace and the hidden folder as they are, and this process too."""
    before = Path.cwd(), list(sys.path), dict(os.environ), set(sys.modules)
    done = bench.measure(bench.canonical)
    after = Path.cwd(), list(sys.path), dict(os.environ)
    place = str(bench.canonical)
    files = [
        str(getattr(sys.modules[name], "__file__", "")) for name in set(sys.modules) - before[3]
    ]
    imported = [file for file in files if file.startswith(place)]
    held = not done.changed and after == before[:3] and not imported
    return seen(held, f"changed: {done.changed}; imported: {imported}")


def insane(done: Seen) -> str:
    """Say what is wrong with a measurement; nothing if it is as it must be."""
    measured = done.measured
    if done.error is not None or not isinstance(measured, Measurement):
        return str(done)
    ids = [item.id for item in measured.items]
    if not math.isfinite(measured.value):
        return f"the value is {measured.value}"
    if measured.unit == "share" and not 0 <= measured.value <= 1:
        return f"a share of {measured.value}"
    if len(set(ids)) != len(ids):
        return f"ids of items occur twice: {sorted(i for i in set(ids) if ids.count(i) > 1)[:5]}"
    wrong = [i for i in measured.items if not 0 <= i.credit <= 1 or not 0 <= i.weight < math.inf]
    return f"credits or weights of items: {wrong[:3]}" if wrong else ""
