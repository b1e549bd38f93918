"""Rules that need no trial: pinned dependencies, canaries, near-duplicates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from awb_core.admission.leaks import new_lines
from awb_core.errors import WorkspaceFailed
from awb_core.model import Task
from awb_core.sandbox.workspace import solved_workspace, starting_workspace
from awb_core.tree import walk

ALIKE_INSTRUCTIONS = 0.4
ALIKE_SOLUTIONS = 0.5
"""Share of common pieces (Jaccard) above which two tasks are one."""
SHINGLE = 5
"""Words that make a piece of an instruction."""

_PIN = re.compile(r"^[A-Za-z0-9._-]+(\[[^\]]+\])?==[^\s;]+")


def judge_pins(task: Task) -> tuple[str, ...]:
    """Return what the environment does not pin: requirements by version and hash, Debian packages by version.

    The hash of a Debian package is in its signed index, which apt checks.
    """
    text = task.environment.requirements.replace("\\\n", " ")
    problems = []
    for line in (line.strip() for line in text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if not _PIN.match(line):
            problems.append(f"requirement is not pinned with ==: {line[:80]}")
        elif "--hash=sha256:" not in line:
            problems.append(f"requirement has no hash: {line[:80]}")
    problems += [
        f"Debian package has no version: {name}; write {name}=VERSION (apt-cache policy {name})"
        for name in task.environment.debian
        if "=" not in name
    ]
    return tuple(problems)


def judge_canary(task: Task) -> tuple[str, ...]:
    """Return the hidden scripts that could leak without a trace."""
    names = [f"tests/{name}" for name in walk(task.tests)] if task.tests.is_dir() else []
    wrong = task.root / "mutants"
    names += [f"mutants/{name}" for name in walk(wrong)] if wrong.is_dir() else []
    names = [name for name in names if name.endswith(".py")] + ["task.toml", "coverage.toml"]
    return tuple(
        f"{name} does not carry the task's canary"
        for name in names
        if (task.root / name).is_file() and task.canary not in _text(task.root / name)
    )


def near_duplicates(tasks: Iterable[Task]) -> dict[str, tuple[str, ...]]:
    """Return, by task, the other tasks whose instruction or solution is nearly its own."""
    known = [(task, _shingles(task.instruction), _solution(task)) for task in tasks]
    problems: dict[str, list[str]] = {}
    for (one, words, lines), (two, others, theirs) in combinations(known, 2):
        found = [
            f"its {what} shares {alike:.0%} with that of {{other}}"
            for what, alike, most in (
                ("instruction", _jaccard(words, others), ALIKE_INSTRUCTIONS),
                ("canonical solution", _jaccard(lines, theirs), ALIKE_SOLUTIONS),
            )
            if alike > most
        ]
        for task, other in ((one, two), (two, one)):
            name = f"{other.pack}/{other.id}"
            problems.setdefault(task.id, []).extend(text.format(other=name) for text in found)
    return {task: tuple(found) for task, found in problems.items() if found}


def _shingles(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1))


def _solution(task: Task) -> frozenset[str]:
    try:
        lines = new_lines(starting_workspace(task), solved_workspace(task, "canonical"))
    except WorkspaceFailed:
        return frozenset()  # the ladder says so already
    return frozenset(lines)


def _jaccard(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / len(one | two) if one and two else 0.0


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
