"""Find answers in what a workflow is given: the starting workspace and its git objects."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from awb_core.errors import WorkspaceFailed
from awb_core.model import Task
from awb_core.sandbox.workspace import solved_workspace, starting_workspace
from awb_core.tree import walk

TELLING = 24
"""Shorter lines are too common to say anything."""


def find_leaks(task: Task) -> tuple[str, ...]:
    """Return where hidden files, or new lines of the canonical solution, can be seen from the workspace."""
    try:
        start = starting_workspace(task)
        solved = solved_workspace(task, "canonical")
    except WorkspaceFailed as error:
        return (str(error),)
    # What the solution itself changes or removes is the work, not a leak.
    visible = {
        name: _text(start / name)
        for name in walk(start)
        if (solved / name).is_file() and (solved / name).read_bytes() == (start / name).read_bytes()
    }
    problems = [*_canary(task, visible), *_whole_files(task, start), *_git(task, start)]
    answer = new_lines(start, solved)
    if not answer:
        return tuple(problems)
    everything = {line for text in visible.values() for line in _telling(text)}
    seen = answer & everything
    if is_most(seen, answer):
        problems.append(
            f"leak: {len(seen)} of {len(answer)} new lines of the canonical solution stand in the workspace"
        )
    return tuple(problems)


def _canary(task: Task, visible: dict[str, str]) -> Iterator[str]:
    for name, text in visible.items():
        if task.canary and task.canary in text:
            yield f"leak: {name} carries the canary of hidden files"


def _whole_files(task: Task, start: Path) -> Iterator[str]:
    """Yield hidden files that lie in the workspace as they are."""
    contents = {(start / name).read_bytes(): name for name in walk(start)}
    for folder in (task.root / "tests", task.root / "solution"):
        if not folder.is_dir():
            continue
        for name in walk(folder):
            data = (folder / name).read_bytes()
            same = contents.get(data)
            # A solution folder may repeat a file of the start that it does not change.
            if len(data) > 64 and same and not (folder.name == "solution" and name.endswith(same)):
                yield f"leak: {folder.name}/{name} lies in the workspace as {same}"


def _git(task: Task, start: Path) -> Iterator[str]:
    """Yield if a git object of the workspace's history holds most of the answer."""
    if not (start / ".git").is_dir():
        return
    answer = new_lines(start, solved_workspace(task, "canonical"))
    text = "\n".join(_git_objects(start))
    seen = {line for line in answer if line in text}
    if is_most(seen, answer):
        yield f"leak: {len(seen)} of {len(answer)} lines of the canonical solution stand in git objects"


def is_most(seen: set[str], answer: set[str]) -> bool:
    """A line or two of a solution stand elsewhere in any code base; most of it must not."""
    return len(seen) >= 2 and len(seen) > len(answer) / 2


def _git_objects(start: Path) -> Iterator[str]:
    command = ["git", "cat-file", "--batch-all-objects", "--batch"]
    try:
        done = subprocess.run(command, cwd=start, capture_output=True, check=False)
        yield done.stdout.decode("utf-8", "replace")
    except FileNotFoundError:
        for path in (start / ".git" / "objects").glob("??/*"):
            yield zlib.decompress(path.read_bytes()).decode("utf-8", "replace")


def new_lines(start: Path, solved: Path) -> set[str]:
    """Return the lines of a solution that its start does not have, short ones left out."""
    found: set[str] = set()
    for name in walk(solved):
        before = set(_telling(_text(start / name))) if (start / name).is_file() else set()
        found |= set(_telling(_text(solved / name))) - before
    return found


def _telling(text: str) -> Iterable[str]:
    return (line.strip() for line in text.splitlines() if len(line.strip()) >= TELLING)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
