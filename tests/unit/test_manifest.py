"""Manifests: every rule has an example that breaks it, and all problems are reported together."""

import json
import tomllib

import pytest
from tests_support import TASK, write_task

from awb_core.errors import ManifestError
from awb_core.manifest import STANDARD_RUNGS, load_task
from awb_core.model import Anchors, Check, Environment, Limits, Sdist
from awb_core.registry import discover
from awb_core.resources import resource_dir
from awb_core.validation import schema, schema_problems

OPTIONS = {name: oracle.schema for name, oracle in discover().oracles.items()}


def problems_of(tmp_path, *changes):
    text = TASK
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    root = write_task(tmp_path, toml=text)
    with pytest.raises(ManifestError) as caught:
        load_task(root, "pack", OPTIONS)
    return [f"{p.path}: {p.message}" for p in caught.value.problems]


def test_a_good_task_becomes_a_value(tmp_path):
    task = load_task(write_task(tmp_path), "pack", OPTIONS)
    assert (task.id, task.dimension, task.difficulty) == ("tiny-add", "debugging", "S")
    assert task.checks[0].anchors == Anchors(floor=0.0, midpoint=0.475, saturation=1.0)
    assert [rung.name for rung in task.ladder] == list(STANDARD_RUNGS)
    assert task.limits.memory_mb == 256


def test_the_brief_shows_nothing_hidden(tmp_path):
    brief = load_task(write_task(tmp_path), "pack", OPTIONS).brief
    assert {"task", "instruction", "limits"} == set(type(brief).__slots__)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            [('dimension = "', 'dimensoin = "')],
            "unknown key 'dimensoin'; did you mean 'dimension'?",
        ),
        (
            [("memory_mb = 256", 'memory_mb = "a lot"')],
            '$.limits.memory_mb: must be of type integer, is "a lot"',
        ),
        ([('difficulty = "S"', 'difficulty = "XL"')], "$.difficulty: must be"),
        ([('id = "{id}"', 'id = "Other"')], "$.id: must match"),
        ([('id = "{id}"', 'id = "other"')], "must equal the folder's name 'tiny-add'"),
        (
            [('oracle = "program"', 'oracle = "progam"')],
            "unknown oracle 'progam'; did you mean 'program'?",
        ),
        (
            [('judge = "judge.py"', 'judeg = "judge.py"')],
            "unknown key 'judeg'; did you mean 'judge'?",
        ),
        ([("weight = 1.0", "weight = 0.5")], "must sum to 1, not 0.5"),
        ([("midpoint = 0.475", "midpoint = 1.5")], "must rise strictly"),
        ([("saturation = 1.0 }}", 'saturation = 1.0, scale = "log" }}')], "needs positive anchors"),
        ([("saturation = 1.0 }}", "saturation = 1.0, noise = 0.2 }}")], "five noise widths"),
        ([('role = "required"', 'role = "gate"')], "a gate check takes no"),
        ([("weight = 1.0", "weight = 1.0\nat_least = 1.0")], "takes no 'at_least'"),
        ([("schema = 1", "schema = 2")], "$.schema: must be 1"),
        ([('canary = "{canary}"', 'canary = "x"')], "$.canary: must match"),
        (
            [("[limits]", "[ladder.heroic]\nscore = [0.9, 1.0]\n\n[limits]")],
            "solution/heroic is missing",
        ),
        (
            [("[limits]", '[environment]\nrequirements = "no.txt"\n\n[limits]')],
            "no such file: no.txt",
        ),
        ([("title =", "title ")], "is not valid TOML"),
    ],
)
def test_each_mistake_is_named_with_its_place(tmp_path, changes, words):
    assert any(words in problem for problem in problems_of(tmp_path, *changes)), problems_of


def test_all_problems_of_a_file_come_together(tmp_path):
    found = problems_of(
        tmp_path,
        ('difficulty = "S"', 'difficulty = "XL"'),
        ("pids = 64", "pids = 1"),
        ('title = "', 'titel = "'),
    )
    assert len(found) >= 4  # the unknown key and the missing one are two


def test_missing_files_are_named(tmp_path):
    root = write_task(tmp_path)
    (root / "instruction.md").unlink()
    for rung in ("minimal", "canonical"):
        (root / "solution" / rung / "sums.py").unlink()
        (root / "solution" / rung).rmdir()
    with pytest.raises(ManifestError) as caught:
        load_task(root, "pack", OPTIONS)
    text = str(caught.value)
    assert "instruction.md is missing" in text
    assert "solution/minimal is missing" in text
    assert "solution/canonical is missing" in text


def test_dataclasses_and_schema_name_the_same_fields():
    document = json.loads((resource_dir("schemas") / "task.schema.json").read_text())
    properties = document["properties"]
    pairs = [
        (Limits, properties["limits"]),
        (Environment, properties["environment"]),
        (Sdist, properties["workspace"]["properties"]["sdist"]),
        (Check, document["$defs"]["check"]),
        (Anchors, document["$defs"]["check"]["properties"]["anchors"]),
    ]
    for kind, part in pairs:
        assert set(kind.__slots__) == set(part["properties"]), kind


@pytest.mark.parametrize("name", ["pack", "task", "trial", "run", "workflow", "prices"])
def test_schemas_are_schemas_and_describe_every_key(name):
    from jsonschema import Draft202012Validator

    document = json.loads((resource_dir("schemas") / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(document)

    def walk(part, where):
        for key, value in part.get("properties", {}).items():
            if (
                part.get("type") == "object"
                and "$ref" not in value
                and value.get("type") != "object"
            ):
                assert value.get("description"), f"{where}.{key}"
            walk(value, f"{where}.{key}")

    walk(document, "$")


@pytest.mark.parametrize("name", ["pack", "task", "trial", "run", "workflow", "prices"])
@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_examples_are_what_they_say(name, kind):
    folder = resource_dir("schemas") / "examples" / name
    examples = sorted(folder.glob(f"{kind}*"))
    assert examples
    for path in examples:
        text = path.read_text()
        data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        assert bool(schema_problems(data, schema(name), path.name)) == (kind == "invalid"), path


def test_records_of_a_real_run_follow_their_schemas(tiny, tmp_path):
    tiny.awb(
        "run",
        "-w",
        "noop",
        "-w",
        "reference",
        "--task",
        "tiny-add",
        "--sandbox",
        "local",
        "--out",
        tmp_path / "r",
    )
    assert (
        schema_problems(
            json.loads((tmp_path / "r/run.json").read_text()), schema("run"), "run.json"
        )
        == []
    )
    records = list((tmp_path / "r/trials").glob("*.json"))
    assert len(records) == 2
    for path in records:
        assert schema_problems(json.loads(path.read_text()), schema("trial"), path.name) == []
