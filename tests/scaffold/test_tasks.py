"""`awb new-task --kind`: every template's task is whole, green, and fails its wrong fixes."""

import json
import re
import shutil
import tomllib
from concurrent.futures import ThreadPoolExecutor

import pytest
from scaffold.conftest import files_of

from awb_core.admission.mutants import by_hand
from awb_core.engine.verify import verify
from awb_core.manifest import load_task
from awb_core.model import Measurement
from awb_core.registry import discover
from awb_core.sandbox.local import LocalProvider
from awb_core.sandbox.workspace import solved_workspace
from awb_core.scaffold.tasks import KINDS
from awb_core.scoring import score_checks


@pytest.fixture(scope="module")
def oracles():
    return discover().oracles


@pytest.fixture
def pack(new, tmp_path):
    """A pack with its sample and a task of each kind."""
    new("new-pack", "kinds", "--dimension", "debugging")
    folder = tmp_path / "awb-pack-kinds"
    for kind in KINDS:
        done = new("new-task", f"k-{kind}", "--kind", kind, "--pack", folder, "--difficulty", "M")
        assert done.exit_code == 0, done.output
    return folder


def tasks_of(pack):
    return {path.parent.name: path.parent for path in sorted(pack.glob("src/*/tasks/*/task.toml"))}


def test_every_kind_is_green_at_once(pack, install, site, run_tests, findings_of_ruff):
    install(pack)

    done = site.awb("check", "awb-pack-kinds", "--sandbox", "local", "--jobs", "2", "--json")

    report = json.loads(done.stdout)
    assert {task["task"]: task["problems"] for task in report["tasks"]} == {
        name: [] for name in ("kinds-sample", *(f"k-{kind}" for kind in KINDS))
    }
    assert done.returncode == 0
    assert run_tests(pack)[0] == 0
    assert findings_of_ruff(pack) == ""


def test_every_wrong_fix_fails(pack, oracles, tmp_path):
    schemas = {name: oracle.schema for name, oracle in oracles.items()}
    tasks = [load_task(root, "kinds", schemas) for root in tasks_of(pack).values()]

    def passes(task, mutant):
        tree = tmp_path / f"{task.id}-{mutant.name}"
        shutil.copytree(solved_workspace(task, "canonical"), tree)
        mutant.apply(task, tree)
        results = verify(task, tree, oracles=oracles, provider=LocalProvider(), seed=7)
        measured = {result.check: result.measured for result in results}
        assert all(isinstance(one, Measurement) for one in measured.values()), measured
        return score_checks(task.checks, measured).passed

    for task in tasks:
        LocalProvider().prepare(task.environment, lambda _: None)
    with ThreadPoolExecutor(2) as pool:
        verdicts = {
            (task.id, mutant.name): pool.submit(passes, task, mutant)
            for task in tasks
            for mutant in by_hand(task)
        }
        passed = [name for name, verdict in verdicts.items() if verdict.result()]

    assert passed == []
    assert all(sum(owner == task.id for owner, _ in verdicts) >= 2 for task in tasks)


def test_every_task_is_whole(pack):
    canaries = set()
    for name, root in tasks_of(pack).items():
        manifest = tomllib.loads((root / "task.toml").read_text())
        canaries.add(manifest["canary"])
        hidden = [
            p for p in root.rglob("*.py") if p.relative_to(root).parts[0] in ("tests", "mutants")
        ]
        assert [
            p for p in (*hidden, root / "coverage.toml") if manifest["canary"] not in p.read_text()
        ] == []
        assert len((root / "instruction.md").read_text().split()) >= 80
        assert manifest["difficulty"] == ("M" if name.startswith("k-") else "S")
        assert not [p for p in files_of(root) if "cookiecutter" in (root / p).read_text()]
        if name.startswith("k-"):
            oracle = name.removeprefix("k-")
            assert oracle in {c["oracle"] for c in manifest["checks"] if c["role"] == "required"}

    assert len(canaries) == len(KINDS) + 1
    project = tomllib.loads((pack / "pyproject.toml").read_text())["project"]
    assert project["dependencies"] == ["awb-core", "hypothesis>=6.170"]


def test_a_second_task_of_a_kind_is_pointed_out(new, pack):
    done = new("new-task", "another", "--kind", "lint", "--pack", pack)

    assert "k-lint is still the same template" in done.stderr


def test_questions_have_defaults(new, tmp_path):
    new("new-pack", "shop", "--dimension", "debugging")

    done = new("new-task", "shop-first", "--pack", "awb-pack-shop", answers="findings\n\n\n")

    assert done.exit_code == 0, done.output
    manifest = tomllib.loads(
        (tasks_of(tmp_path / "awb-pack-shop")["shop-first"] / "task.toml").read_text()
    )
    assert (manifest["title"], manifest["dimension"]) == ("Shop first", "debugging")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["shop-x", "--kind", "magic"], "'magic' is not one of"),
        (["shop-x"], "say --kind, one of program, property"),
        (["shop-x", "--kind", "lint", "--dimension", "debuging"], "did you mean 'debugging'?"),
        (["shop-x", "--kind", "lint", "--title", "a`b"], "must be one line of text"),
        (["Shop", "--kind", "lint"], "no name for a task"),
        (["shop-sample", "--kind", "lint"], "exists already"),
        (["dbg-multipart-boundary", "--kind", "lint"], "is in awb-pack-debugging already"),
        (["shop-x", "--kind", "lint", "--from-git", "a", "b..c"], "exclude each other"),
    ],
)
def test_wrong_input_writes_nothing(new, tmp_path, arguments, words):
    new("new-pack", "shop", "--dimension", "debugging")
    before = files_of(tmp_path)

    done = new("new-task", *arguments, "--pack", "awb-pack-shop")

    assert getattr(done.exception, "exit_code", done.exit_code) == 2
    assert re.search(re.escape(words), str(done.exception) + done.output)
    assert files_of(tmp_path) == before


def test_a_pack_must_be_found(new, tmp_path):
    new("new-pack", "one", "--dimension", "debugging")
    shutil.copytree(tmp_path / "awb-pack-one/src/awb_pack_one", tmp_path / "two/src/awb_pack_one")
    shutil.copytree(tmp_path / "two/src/awb_pack_one", tmp_path / "two/src/awb_pack_two")
    (tmp_path / "none").mkdir()

    errors = {
        folder: str(new("new-task", "x", "--kind", "lint", "--pack", folder).exception)
        for folder in ("none", "two", "two/src/awb_pack_one")
    }

    assert "make one with `awb new-pack`" in errors["none"]
    assert "holds more than one pack" in errors["two"]
    assert "there is no pyproject.toml" in errors["two/src/awb_pack_one"]
