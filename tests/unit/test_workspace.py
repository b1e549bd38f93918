"""Starting workspaces: overlay, injection, history; solved ones."""

import subprocess

import pytest
from tests_support import TASK, write_task

from awb_core.errors import WorkspaceFailed
from awb_core.manifest import load_task
from awb_core.registry import discover
from awb_core.sandbox.workspace import solved_workspace, starting_workspace
from awb_core.tree import walk

OPTIONS = {name: oracle.schema for name, oracle in discover().oracles.items()}
HISTORY = TASK.replace("[limits]", "[workspace.history]\n{more}\n[limits]")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("AWB_CACHE_DIR", str(tmp_path / "cache"))


def load(tmp_path, toml=TASK, **files):
    root = write_task(tmp_path, toml=toml)
    for name, text in files.items():
        (root / f"{name}.py").write_text(text)
    return load_task(root, "pack", OPTIONS)


def git(folder, *arguments):
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_inject_edits_the_starting_state(tmp_path):
    script = "from awb_edit import remove, replace, write\nreplace('sums.py', 'None', '0')\n"
    script += "remove('data')\nwrite('new/file.txt', 'x')\n"
    start = starting_workspace(load(tmp_path, inject=script))
    assert sorted(walk(start)) == ["new/file.txt", "sums.py"]
    assert "return 0" in (start / "sums.py").read_text()


def test_a_replacement_that_does_not_fit_is_an_error(tmp_path):
    task = load(
        tmp_path, inject="from awb_edit import replace\nreplace('sums.py', 'nothing like it', '')\n"
    )
    with pytest.raises(WorkspaceFailed, match="expected 1 occurrence"):
        starting_workspace(task)


def test_a_history_without_a_script_is_one_commit_with_a_fixed_date(tmp_path):
    start = starting_workspace(load(tmp_path, HISTORY.replace("{more}", "")))
    assert git(start, "rev-list", "--count", "--all") == "1"
    assert (
        git(start, "log", "-1", "--format=%aI %cI")
        == "2024-01-01T00:00:00+00:00 2024-01-01T00:00:00+00:00"
    )
    assert git(start, "status", "--porcelain") == ""


def test_a_scripted_history_is_what_the_script_made(tmp_path):
    script = (
        "import subprocess\n"
        "for command in (['init', '-q', '-b', 'main'], ['add', 'sums.py'], ['commit', '-qm', 'One'],\n"
        "                ['add', '-A'], ['commit', '-qm', 'Two']):\n"
        "    subprocess.run(['git', *command], check=True)\n"
    )
    task = load(tmp_path, HISTORY.replace("{more}", 'script = "history.py"'), history=script)
    start = starting_workspace(task)
    assert git(start, "log", "--format=%s").splitlines() == ["Two", "One"]


def test_equal_declarations_are_built_once(tmp_path):
    one = starting_workspace(load(tmp_path / "a"))
    two = starting_workspace(load(tmp_path / "b"))
    assert one == two


def test_a_rung_is_the_overlay_then_the_script(tmp_path):
    task = load(tmp_path)
    (task.root / "solution/canonical.py").write_text(
        "from awb_edit import write\nwrite('added.txt', 'x')\n"
    )
    solved = solved_workspace(task, "canonical")
    assert (solved / "added.txt").read_text() == "x"
    assert "a + b" in (solved / "sums.py").read_text()
    assert "None" in (starting_workspace(task) / "sums.py").read_text()


def test_a_rung_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WorkspaceFailed, match="no solution/heroic"):
        solved_workspace(load(tmp_path), "heroic")
