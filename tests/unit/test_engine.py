"""The engine: plans, what a workflow changed, leaks, and records of trials that went wrong."""

import contextlib
import json
import shutil
import subprocess
from dataclasses import replace

import pytest
from tests_support import write_task

from awb_core.adapters.identity import make_workflow
from awb_core.admission.leaks import find_leaks
from awb_core.engine.plan import grading_seed, lock_of, make_plan
from awb_core.engine.workspaces import TEXT_BYTES, compare, patch_of, restore_protected
from awb_core.manifest import load_task
from awb_core.registry import discover
from awb_core.tree import digest_tree, walk


def load(root):
    schemas = {name: oracle.schema for name, oracle in discover().oracles.items()}
    return load_task(root, "pack", schemas)


@pytest.fixture
def task(tmp_path):
    return load(write_task(tmp_path / "tasks"))


@pytest.fixture
def tasks(tmp_path, task):
    other = replace(load(write_task(tmp_path / "tasks", "a-last")), dimension="refactoring")
    return (other, load(write_task(tmp_path / "tasks", "a-first")), task)


NOOP, GOOD = make_workflow("noop"), make_workflow("reference", "canonical")


def plan_of(tasks, workflows=(GOOD, NOOP), **options):
    return make_plan(tasks, workflows, **{"sandbox": "local", "repeats": 2, "seed": 0, **options})


def test_a_plan_lays_out_repeats_then_tasks_by_dimension_then_workflows(tasks):
    plan = plan_of(tasks, (GOOD, NOOP, make_workflow("noop")))

    order = [(t.repeat, t.task, t.workflow.name) for t in plan.trials]
    names = ("a-first", "tiny-add", "a-last")
    workflows = ("reference:canonical", "noop")
    assert order == [(r, t, w) for r in (1, 2) for t in names for w in workflows]
    assert len({trial.id for trial in plan.trials}) == 12


def test_tasks_that_take_long_to_verify_come_first(tasks):
    long = replace(tasks[0], limits=replace(tasks[0].limits, verify_seconds=600))

    plan = plan_of((tasks[1], long, tasks[2]), repeats=1)

    assert [t.task for t in plan.trials[::2]] == ["a-last", "a-first", "tiny-add"]


def test_ids_do_not_depend_on_what_else_is_planned(tasks):
    whole = {t.id for t in plan_of(tasks).trials}

    assert {t.id for t in plan_of(reversed(tasks), (NOOP, GOOD)).trials} == whole
    assert {t.id for t in plan_of(tasks[:1], (NOOP,), repeats=1).trials} < whole
    assert plan_of(tasks).digest == plan_of(reversed(tasks)).digest


def test_ids_change_with_all_that_decides_a_result(tmp_path, task):
    def ids(task=task, workflow=NOOP, **options):
        return {t.id for t in plan_of([task], [workflow], **options).trials}

    changed = load(write_task(tmp_path / "changed", canonical="def add(a, b): return a + b\n"))
    plans = [
        ids(),
        ids(seed=1),
        ids(sandbox="docker"),
        ids(changed),
        ids(workflow=replace(NOOP, identity="other")),
    ]

    assert len(set.union(*plans)) == sum(map(len, plans)) == 10
    assert ids(workflow=replace(NOOP, name="another name")) == ids()


def test_grading_seeds_are_shared_by_workflows_and_repeats_only(tasks):
    seeds = {(t.task, t.seed) for t in plan_of(tasks).trials}

    assert len(seeds) == len({seed for _, seed in seeds}) == 3
    assert seeds.isdisjoint((t.task, t.seed) for t in plan_of(tasks, seed=1).trials)
    assert grading_seed(0, "tiny-add") == 1719534517


def test_a_lock_is_plain_data_that_names_what_was_planned(tasks):
    plan = plan_of(tasks)

    lock = json.loads(json.dumps(lock_of(plan, host={}, packs={})))

    assert lock["trials"] == [trial.id for trial in plan.trials]
    assert lock["tasks"]["tiny-add"]["digest"] == digest_tree(tasks[2].root)


START = {
    "data/fixed": b"fixed\n",
    "data/sub/deep": b"deep\n",
    "data/run": b"#!/bin/sh\n",
    "src/text": b"one\ntwo\nthree\n",
    "src/tail": b"no newline at the end",
    "src/feed": "a\x0cb\rc\u2028d\n1\n".encode(),
    "src/blob": b"\0\xff\xfe",
    "src/gone": b"bye\n",
}


@pytest.fixture
def start(tmp_path):
    return lay(tmp_path / "start", START)


@pytest.fixture
def finished(tmp_path, start):
    return shutil.copytree(start, tmp_path / "finished")


def lay(root, files):
    for name, content in files.items():
        path = root / name
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def to_folder(root, name):
    (root / name).unlink()
    lay(root, {f"{name}/inner": b"in a folder\n"})


def to_link(root, name, target):
    shutil.rmtree(root / name) if (root / name).is_dir() else (root / name).unlink()
    (root / name).symlink_to(target)


CHANGES = {
    "changed": lambda r: lay(r, {"data/fixed": b"other\n"}),
    "of equal size": lambda r: lay(r, {"data/fixed": b"FIXED\n"}),
    "deleted": lambda r: (r / "data/fixed").unlink(),
    "all deleted": lambda r: shutil.rmtree(r / "data"),
    "added": lambda r: lay(r, {"data/new": b"", "data/more/new\nline": b""}),
    "made executable": lambda r: (r / "data/run").chmod(0o755),
    "file to folder": lambda r: to_folder(r, "data/fixed"),
    "folder to file": lambda r: lay(r, {"data/sub": b"a file\n"}),
    "top to file": lambda r: lay(r, {"data": b"a file\n"}),
    "link to a file": lambda r: to_link(r, "data/fixed", r.parent / "outside/file"),
    "link to a folder": lambda r: to_link(r, "data/fixed", r.parent / "outside"),
    "folder to link": lambda r: to_link(r, "data/sub", r.parent / "outside"),
    "dangling link": lambda r: to_link(r, "data/fixed", r.parent / "outside/new"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_protected_files_are_restored_whatever_stands_in_their_place(
    tmp_path, start, finished, change
):
    lay(tmp_path / "outside", {"file": b"not ours\n"})
    lay(finished, {"src/text": b"work\n"})
    CHANGES[change](finished)

    restored = restore_protected(start, finished, ["data/**"])

    assert restored
    assert digest_tree(finished / "data") == digest_tree(start / "data")
    assert not [path for path in finished.rglob("*") if path.is_symlink()]
    assert compare(start, finished).modified == ("src/text",)
    assert {p.name: p.read_bytes() for p in (tmp_path / "outside").iterdir()} == {
        "file": b"not ours\n"
    }


def test_nothing_is_touched_that_is_unchanged_or_not_protected(start, finished):
    lay(finished, {"src/text": b"work\n", "src/new": b""})
    before = {name: (finished / name).stat().st_mtime_ns for name in walk(finished)}

    assert restore_protected(start, finished, ["data/**"]) == ()
    assert restore_protected(start, finished, []) == ()
    assert {name: (finished / name).stat().st_mtime_ns for name in walk(finished)} == before


def test_changes_are_told_apart(start, finished):
    lay(finished, {"src/text": b"one\n2\nthree\n", "src/new": b"new\n"})
    to_folder(finished, "src/gone")
    (finished / "data/run").chmod(0o755)

    changes = compare(start, finished)

    assert changes.added == ("src/gone/inner", "src/new")
    assert changes.removed == ("src/gone",)
    assert changes.modified == ("data/run", "src/text")
    assert not compare(start, start)


def test_a_patch_of_text_makes_the_finished_files_of_the_start(tmp_path, start, finished):
    edits = {
        "src/text": b"one\n2\nthree",
        "src/tail": b"still no newline",
        "src/feed": "a\x0cb\rc\u2028d\n2\n".encode(),
        "src/new": b"new\n\nlines\n",
    }
    lay(finished, edits)
    (finished / "src/gone").unlink()

    patch = patch_of(start, finished, compare(start, finished))

    (tmp_path / "patch").write_bytes(patch.encode())
    done = subprocess.run(["git", "apply", tmp_path / "patch"], cwd=start, capture_output=True)
    assert done.returncode == 0, (done.stderr, patch)
    assert not compare(start, finished)


def test_a_patch_names_what_it_cannot_show(start, finished):
    lay(finished, {"src/blob": b"\0\1", "src/huge": b"x\n" * TEXT_BYTES})

    patch = patch_of(start, finished, compare(start, finished))

    assert patch == (
        "Binary files a/src/blob and b/src/blob differ\n"
        "Binary files a/src/huge and b/src/huge differ\n"
    )


def test_a_patch_is_bounded(start, finished):
    lay(finished, {f"src/{n:02}": b"12345678901234567890\n" * 40_000 for n in range(20)})

    patch = patch_of(start, finished, compare(start, finished))

    assert len(patch) < 9 << 20
    assert "the rest of the patch is left out" in patch[-100:]


LONG = "".join(
    f"def add_{n}(left, right):\n    return left + right  # number {n} of the answer\n\n"
    for n in range(6)
)
HISTORY = '[workspace.history]\nscript = "history.py"\n\n[limits]'
COMMITS = """
import pathlib, subprocess
def git(*words): subprocess.run(["git", *words], check=True, capture_output=True)
git("init", "-q")
pathlib.Path("old.py").write_text({answer!r})
git("add", "-A"); git("commit", "-qm", "one")
pathlib.Path("old.py").unlink()
git("add", "-A"); git("commit", "-qm", "two")
"""


def leaking(root, where):
    workspace = root / "workspace"
    if where == "canary":
        (workspace / "note.txt").write_text(load(root).canary)
    elif where == "hidden file":
        shutil.copy(root / "tests/worker.py", workspace / "copy.py")
    elif where == "solution file":
        shutil.copy(root / "solution/canonical/sums.py", workspace / "draft.txt")
    elif where == "most lines":
        (workspace / "notes.md").write_text("ideas\n" + LONG[: len(LONG) * 3 // 4].upper().lower())
    elif where == "git":
        text = (root / "task.toml").read_text().replace("[limits]", HISTORY)
        (root / "task.toml").write_text(text)
        (root / "history.py").write_text(COMMITS.format(answer=LONG))
    elif where == "a line":
        (workspace / "usage.md").write_text("def add_1(left, right):\n")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("nowhere", None),
        ("a line", None),
        ("canary", "note.txt carries the canary"),
        ("hidden file", "tests/worker.py lies in the workspace as copy.py"),
        ("solution file", "solution/canonical/sums.py lies in the workspace as draft.txt"),
        ("most lines", "new lines of the canonical solution stand in the workspace"),
        ("git", "lines of the canonical solution stand in git objects"),
    ],
)
def test_leaks_are_found_where_they_are(tmp_path, where, words):
    root = write_task(tmp_path, canonical=LONG)
    leaking(root, where)

    problems = find_leaks(load(root))

    if words is None:
        assert problems == ()
    else:
        assert any(words in problem for problem in problems), problems
