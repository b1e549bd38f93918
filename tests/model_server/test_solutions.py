"""The script that turns a starting workspace into a solved one."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from model_server.trees import put

from awb_core.engine.workspaces import compare
from awb_core.testing import WHERE, Shell, script_for_solution
from awb_core.tree import walk


def perform(script, folder, shell=("sh", "-c")):
    for step in script.steps:
        assert isinstance(step, Shell)
        subprocess.run([*shell, step.command], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("step_bytes", [600, 12_000, 60_000])
def test_steps_lead_to_the_solution(trees, tmp_path, step_bytes):
    start, solved = trees
    shutil.copytree(start, tmp_path / "work")

    script = script_for_solution(start, solved, step_bytes=step_bytes)
    perform(script, tmp_path / "work")

    assert not compare(solved, tmp_path / "work")
    assert sorted(walk(tmp_path / "work")) == sorted(walk(solved))
    assert script.steps[0] == WHERE
    assert max(len(step.command) for step in script.steps) <= step_bytes


def test_commands_are_single_lines_that_agents_do_not_refuse(trees):
    for step in script_for_solution(*trees).steps:
        assert "\n" not in step.command
        assert "rm -f" not in step.command
        assert "rm -rf" not in step.command


def test_emptied_folders_go(trees, tmp_path):
    start, solved = trees
    shutil.copytree(start, tmp_path / "work")

    perform(script_for_solution(start, solved), tmp_path / "work")

    assert not (tmp_path / "work" / "old folder").exists()


def test_link_gives_way_to_a_file(tmp_path):
    start, solved = tmp_path / "start", tmp_path / "solved"
    put(tmp_path / "outside.txt", "outside\n")
    start.mkdir()
    (start / "link.txt").symlink_to(tmp_path / "outside.txt")
    put(solved / "link.txt", "inside\n")

    perform(script_for_solution(start, solved), start)

    assert not compare(solved, start)
    assert (tmp_path / "outside.txt").read_text() == "outside\n"


def test_nothing_to_do_is_one_step(tmp_path):
    put(tmp_path / "a.txt", "a\n")

    assert script_for_solution(tmp_path, tmp_path).steps == (WHERE,)


def test_edits_are_the_changed_text_files(trees):
    edits = {one.path: one for one in script_for_solution(*trees).edits}

    assert edits["changed.py"].before == "old = 1\n"
    assert edits["run.sh"].before is None
    assert "blob.bin" not in edits
    assert "same.txt" not in edits
    assert "tools/was_executable.sh" not in edits
