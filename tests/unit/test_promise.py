"""What is public changes only when it is announced; see docs/reference/compatibility.md.

`python tests/unit/test_promise.py --announce "words of an entry in CHANGELOG.md"` freezes the present state.
"""

import argparse
import ast
import dataclasses
import enum
import functools
import importlib
import inspect
import json
import re
import sys
from pathlib import Path

import click
import pytest

from awb_core import hookspecs
from awb_core.cli import cli
from awb_core.errors import AwbError, StoreError
from awb_core.registry import API, GROUP, discover
from awb_core.store import SCHEMA, RunStore

ROOT = Path(__file__).parents[2]
PROMISE = Path(__file__).with_name("promise.json")
PAGE = ROOT / "docs/reference/compatibility.md"
CHANGELOG = ROOT / "CHANGELOG.md"
NOT_PROMISED = ("_", "test_", "setup_", "teardown_", "pytest_")
"""Beginnings of names of members that nobody may rely on; kits may ask for more than they did."""

PLAIN = (str, int, float, tuple, enum.Enum)

COMMAND = 'python tests/unit/test_promise.py --announce "words of an entry under Unreleased"'


@functools.cache
def present():
    """Return all that is promised, as a flat mapping from what it is to what it looks like."""
    found = {"plugin API": str(API), "entry points": GROUP, "format of records": str(SCHEMA)}
    for name, hook in inspect.getmembers(hookspecs, inspect.isfunction):
        if name.startswith("awb_"):
            found[f"hook {name}"] = signature(hook)
    for module, names in public_modules().items():
        for name in names:
            value = getattr(importlib.import_module(module), name)
            found.update(described(f"{module}.{name}", value))
    for path in sorted((ROOT / "schemas").glob("*.schema.json")):
        document = json.loads(path.read_text())
        kind = path.name.removesuffix(".schema.json")
        found.update(flattened(f"schema {kind}", document))
    for name, oracle in discover().oracles.items():
        if type(oracle).__module__.startswith("awb_core."):
            found.update(flattened(f"options {name}", oracle.schema))
    found.update(commands())
    return found


def public_modules():
    """Return the names of each module in the table of the page, all public ones where it names none."""
    table = PAGE.read_text().split("## Names\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(awb_core[\w.]*)` \|(.*)\|$", table, re.MULTILINE)
    return {module: re.findall(r"`(\w+)`", names) or own_names(module) for module, names in rows}


def own_names(module):
    """Return the names that a module exports, or else those it defines itself."""
    loaded = importlib.import_module(module)
    if hasattr(loaded, "__all__"):
        return sorted(loaded.__all__)
    tree = ast.parse(Path(loaded.__file__).read_text())
    defined = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return sorted(name for name in defined if not name.startswith("_"))


def described(name, value):
    """Yield what can be relied on of a public object."""
    if isinstance(value, enum.EnumType):
        yield name, "one of " + ", ".join(f"{member.name} = {member.value}" for member in value)
    elif dataclasses.is_dataclass(value) and isinstance(value, type):
        yield name, "value" if value.__dataclass_params__.frozen else "object"
        for field in dataclasses.fields(value):
            yield f"{name}.{field.name}", f"{field.type}{default(field)}"
        yield from members(name, value, fields={f.name for f in dataclasses.fields(value)})
    elif inspect.isclass(value):
        bases = ", ".join(base.__name__ for base in value.__bases__ if base is not object)
        code = f", exit code {value.exit_code}" if issubclass(value, AwbError) else ""
        yield name, f"class({bases}){code}"
        for attribute, kind in vars(value).get("__annotations__", {}).items():
            if not attribute.startswith("_"):
                yield f"{name}.{attribute}", str(kind)
        yield from members(name, value, fields=set())
    elif callable(value) and not isinstance(value, type):
        yield name, signature(value) if inspect.isfunction(value) else type(value).__name__
    else:
        yield name, type(value).__name__


def members(name, value, *, fields):
    """Yield the methods and properties that a class defines itself."""
    for attribute, member in vars(value).items():
        private = attribute.startswith(NOT_PROMISED) and attribute != "__init__"
        if attribute in fields or private:
            continue
        if isinstance(member, property):
            yield f"{name}.{attribute}", f"property -> {member.fget.__annotations__.get('return')}"
        elif isinstance(member, classmethod | staticmethod):
            yield f"{name}.{attribute}()", signature(member.__func__)
        elif inspect.isfunction(member) and not (attribute == "__init__" and has_no_init(value)):
            yield f"{name}.{attribute}()", signature(member)


def has_no_init(value):
    """Say whether nobody wrote its `__init__`."""
    return dataclasses.is_dataclass(value) or getattr(value, "_is_protocol", False)


def signature(function):
    """Return a signature; where a default lies in memory is no part of it."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(inspect.signature(function)))


def default(field):
    """Return how a field is filled if it is left out."""
    if field.default_factory is not dataclasses.MISSING:
        return f" = {field.default_factory.__name__}()"
    if field.default is dataclasses.MISSING:
        return ""
    if field.default is None or isinstance(field.default, PLAIN):
        return f" = {field.default!r}"
    return f" = {type(field.default).__name__}(...)"


def flattened(name, schema, at="$"):
    """Yield each place of a JSON Schema with its rules; descriptions are no part of the promise."""
    inner = ("properties", "items", "$defs", "description", "title", "$schema")
    rules = {key: value for key, value in schema.items() if key not in inner}
    yield f"{name} {at}", json.dumps(without_descriptions(rules), sort_keys=True)
    for key, value in schema.get("properties", {}).items():
        yield from flattened(name, value, f"{at}.{key}")
    for key, value in schema.get("$defs", {}).items():
        yield from flattened(name, value, f"#{key}")
    if isinstance(schema.get("items"), dict):
        yield from flattened(name, schema["items"], f"{at}[]")


def without_descriptions(value):
    if isinstance(value, dict):
        return {k: without_descriptions(v) for k, v in value.items() if k != "description"}
    if isinstance(value, list):
        return [without_descriptions(entry) for entry in value]
    return value


def commands():
    """Yield the commands with their options and arguments."""
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        yield f"awb {name}", "command"
        for parameter in command.params:
            if isinstance(parameter, click.Argument):
                words = (
                    f"argument, {parameter.nargs}, {'' if parameter.required else 'not '}required"
                )
                yield f"awb {name} {parameter.human_readable_name}", words
            else:
                flags = " ".join(sorted({*parameter.opts, *parameter.secondary_opts}))
                kind = "flag" if parameter.is_flag else type_of(parameter)
                words = ["required"] * parameter.required + ["repeatable"] * parameter.multiple
                yield f"awb {name} {flags}", ", ".join([kind, *words])


def type_of(parameter):
    kind = parameter.type
    return f"one of {' '.join(map(str, kind.choices))}" if hasattr(kind, "choices") else kind.name


def difference(before, after):
    """Return lines that say what was taken away, changed and added."""
    gone = [f"taken away: {key}: {before[key]}" for key in before if key not in after]
    changed = [
        f"changed:    {key}:\n    from {before[key]}\n    to   {after[key]}"
        for key in before
        if key in after and before[key] != after[key]
    ]
    added = [f"added:      {key}: {after[key]}" for key in after if key not in before]
    return [*gone, *changed, *added]


def is_announced(words, changelog):
    """Say whether words stand in an entry of the changelog, however its lines are broken."""
    entries = " ".join(changelog.split())
    return len(words.split()) >= 3 and " ".join(words.split()) in entries


def test_nothing_public_changes_unannounced():
    frozen = json.loads(PROMISE.read_text())
    lines = difference(frozen["promise"], present())
    how = f"If it is meant, write an entry in CHANGELOG.md, and then: {COMMAND}"
    assert not lines, "\n".join(["what is public has changed:", *lines, how])


def test_the_last_change_is_announced():
    frozen = json.loads(PROMISE.read_text())
    assert is_announced(frozen["announced"], CHANGELOG.read_text()), frozen["announced"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda p: p.pop("hook awb_packs"), "added:      hook awb_packs: () -> 'Iterable[Path]'"),
        (
            lambda p: p.update({"awb run --gone": "flag"}),
            "taken away: awb run --gone: flag",
        ),
        (
            lambda p: p.update({"plugin API": "0"}),
            "changed:    plugin API:\n    from 0\n    to   1",
        ),
    ],
)
def test_a_difference_is_readable(change, line):
    now = present()
    before = dict(now)
    change(before)
    assert difference(before, now) == [line]


@pytest.mark.parametrize(
    "key",
    [
        "hook awb_oracles",
        "awb_core.hookimpl",
        "awb_core.model.Task.checks",
        "awb_core.model.Outcome",
        "awb_core.protocols.Sandbox.run()",
        "awb_core.protocols.SandboxStatus.protections",
        "awb_core.protocols.Oracle.schema",
        "awb_core.errors.SandboxUnavailable",
        "awb_core.sandbox.archive.extract",
        "awb_core.testing.SandboxTests.provider()",
        "awb_core.testing.make_task",
        "schema task $.limits.cpus",
        "schema trial $",
        "options pytest $.expected",
        "awb run --workflow -w",
        "awb report --format",
    ],
)
def test_the_promise_covers(key):
    assert key in present()


def test_words_of_an_announcement_stand_in_the_changelog():
    changelog = "# Changelog\n\n## Unreleased\n\n* A hook for attacks,\n  and a kit for oracles.\n"
    assert is_announced("attacks, and a kit", changelog)
    assert not is_announced("a kit for adapters", changelog)
    assert not is_announced("hook", changelog)


@pytest.mark.parametrize("form", [SCHEMA + 1, 0, "new"])
def test_a_record_of_another_format_is_refused_with_both_numbers(tmp_path, form):
    store = RunStore.create(tmp_path / "run", {"schema": SCHEMA})
    store.commit({"id": "a", "schema": SCHEMA})
    store.commit({"id": "b", "schema": form})

    with pytest.raises(StoreError, match=f"b.json: is in format {form!r}.*reads format {SCHEMA}"):
        list(store.records())


def freeze(words):
    """Write the present state; the words must stand in the changelog."""
    if not is_announced(words, CHANGELOG.read_text().split("## Unreleased")[1].split("\n## ")[0]):
        sys.exit(f"not under Unreleased in {CHANGELOG.name}, or too few words: {words!r}")
    before = json.loads(PROMISE.read_text())["promise"] if PROMISE.exists() else {}
    now = present()
    print("\n".join(difference(before, now)) or "nothing has changed")
    document = {"announced": words, "promise": dict(sorted(now.items()))}
    PROMISE.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Freeze what is public as it is now.")
    parser.add_argument("--announce", required=True, metavar="WORDS")
    freeze(parser.parse_args().announce)
