"""Mutants of the canonical solution: wrong fixes by hand and by `universalmutator`, which the checks must notice."""

from __future__ import annotations

import contextlib
import difflib
import io
import random
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from awb_core.adapters.identity import make_workflow
from awb_core.adapters.ladder import ReferenceAdapter
from awb_core.admission.measured import Measured
from awb_core.admission.python_source import PythonSource
from awb_core.errors import AwbError, WorkspaceFailed
from awb_core.manifest import named_solutions
from awb_core.model import Task, Workflow, digest_of
from awb_core.protocols import AgentSession, Transcript
from awb_core.sandbox.workspace import copy_tree, run_script, solved_workspace, starting_workspace
from awb_core.scratch import scratch_folder
from awb_core.tree import digest_file, digest_tree, walk

AUTOMATIC = 10
"""Mutants made by the library, where the solution has so many."""
LEAST = 5
"""Mutants that a task must have."""
KILLED = 0.9
"""Least share of mutants that the checks must notice."""

RULES = {".py": "python", ".js": "javascript", ".c": "c", ".h": "c", ".sql": "none", "": "none"}
"""Rule set of the library by suffix, beside its universal one."""
COMMENTS = ("#", "//", "--", "/*", "* ")
"""How a line begins that says nothing to a machine."""
SOURCES = ("Makefile",)
"""Files without a suffix that are source code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A wrong solution, as a change to the canonical one."""

    name: str
    identity: str
    """Digest of the change."""
    by_hand: bool = False
    """Whether it is a script or an overlay in `mutants/`."""
    file: str = ""
    line: int = 0
    old: str = ""
    new: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    def apply(self, task: Task, tree: Path) -> None:
        """Change a copy of the canonical workspace."""
        if not self.by_hand:
            lines = (tree / self.file).read_text("utf-8").splitlines(keepends=True)
            lines[self.line - 1] = self.new
            (tree / self.file).write_text("".join(lines), "utf-8")
            return
        overlay = task.root / "mutants" / self.name
        if overlay.is_dir():
            copy_tree(overlay, tree)
        script = overlay.with_name(f"{self.name}.py")
        if script.is_file():
            run_script(script, tree, f"{task.id}: mutants/{script.name}")


class MutantAdapter:
    """Delivers a mutant of the canonical solution; internal to the admission."""

    name = "mutant"
    summary = "delivers a mutant of the canonical solution"
    privileged = True

    def __init__(self, mutants: Mapping[tuple[str, str], Mutant]) -> None:
        """Know the mutants by task and name."""
        self._mutants = mutants

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow that delivers a mutant."""
        return make_workflow(self.name, argument)

    def run(self, session: AgentSession) -> Transcript:
        """Lay the canonical solution into the sandbox, changed."""
        task = session.task
        assert task is not None
        mutant = self._mutants[task.id, session.workflow.argument]
        with scratch_folder("mutant") as scratch:
            tree = Path(scratch, "tree")
            shutil.copytree(solved_workspace(task, "canonical"), tree, symlinks=True)
            mutant.apply(task, tree)
            return ReferenceAdapter().run(replace(session, solution=lambda _: tree))


def mutants_of(task: Task) -> tuple[Mutant, ...]:
    """Return the mutants of a task: those by hand, then those made by the library, always the same ones.

    Raises:
        WorkspaceFailed: the task's workspace cannot be made.
        AwbError: the library is not installed.
    """
    known = equivalents(task)
    return (*by_hand(task), *(m for m in _automatic(task) if m.name not in known))


def by_hand(task: Task) -> Iterator[Mutant]:
    """Yield the wrong fixes in `mutants/`."""
    folder = task.root / "mutants"
    for name in named_solutions(folder):
        parts = [
            digest_tree(folder / name) if (folder / name).is_dir() else "",
            digest_file(folder / f"{name}.py") if (folder / f"{name}.py").is_file() else "",
        ]
        yield Mutant(name=name, identity=digest_of(parts), by_hand=True)


def equivalents(task: Task) -> dict[str, str]:
    """Return the mutants that `mutants/equivalent.toml` declares equivalent, with the reason for each.

    Raises:
        WorkspaceFailed: the file cannot be read.
    """
    path = task.root / "mutants" / "equivalent.toml"
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        return {str(name): str(reason) for name, reason in data.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceFailed(f"{path}: is not valid TOML: {error}") from None


def judge_mutants(results: Iterable[Measured], canonical: float) -> tuple[str, ...]:
    """Return what is wrong with what became of the mutants.

    A mutant is killed if it fails or scores below the canonical solution; a wrong fix by hand must fail.
    """
    results = tuple(results)
    problems = [
        f"mutant {r.name}: {r.record['outcome']}: {r.record['note']}"
        for r in results
        if r.score is None
    ]
    problems += [
        f"wrong fix mutants/{r.name} passes with {r.score:.3f}"
        for r in results
        if ":" not in r.name and r.verdict == "pass"
    ]
    valid = [r for r in results if r.score is not None]
    if len(valid) < LEAST:
        problems.append(
            f"{len(valid)} mutants, at least {LEAST} are needed: write some in mutants/"
        )
    alive = survivors(valid, canonical)
    if valid and len(valid) - len(alive) < KILLED * len(valid):
        names = ", ".join(r.name for r in alive)
        problems.append(
            f"only {len(valid) - len(alive)} of {len(valid)} mutants were noticed, not {names}"
        )
    return tuple(problems)


def survivors(results: Iterable[Measured], canonical: float) -> tuple[Measured, ...]:
    """Return the mutants that the checks took for the canonical solution."""
    return tuple(
        r for r in results if r.verdict == "pass" and r.score is not None and r.score >= canonical
    )


def _automatic(task: Task) -> tuple[Mutant, ...]:
    start, solved = starting_workspace(task), solved_workspace(task, "canonical")
    found: list[Mutant] = []
    for name in walk(solved):
        path = Path(name)
        if path.suffix not in RULES or (not path.suffix and path.name not in SOURCES):
            continue
        before = _text(start / name) if (start / name).is_file() else ""
        after = _text(solved / name)
        if before is not None and after is not None and before != after:
            found += _of_file(name, before, after)
    chance = random.Random(digest_of([task.id, [m.identity for m in found]]))
    return tuple(sorted(chance.sample(found, min(AUTOMATIC, len(found))), key=lambda m: m.name))


def _of_file(name: str, before: str, after: str) -> Iterator[Mutant]:
    """Yield the mutants of the lines that the solution changed, one a line at most.

    Documents have none: a word changed at random is rarely a wrong statement. Theirs are written by hand.
    """
    lines = after.splitlines(keepends=True)
    changed = _changed_lines(before.splitlines(keepends=True), lines)
    suffix = Path(name).suffix
    wanted: dict[int, list[str]] = {}
    for number, text in _mutations(lines, RULES[suffix]):
        comment = lines[number - 1].lstrip().startswith(COMMENTS)
        if number in changed and not comment and text != lines[number - 1]:
            wanted.setdefault(number, []).append(text)
    chance = random.Random(digest_of([name, after]))
    source = PythonSource(after) if suffix == ".py" else None
    for number, texts in wanted.items():
        chance.shuffle(texts)
        for text in texts:
            mutated = "".join([*lines[: number - 1], text, *lines[number:]])
            if source is None or source.differs(mutated):
                identity = digest_of([name, number, text])
                yield Mutant(
                    name=f"{name}:{number}:{identity[:6]}",
                    identity=identity,
                    file=name,
                    line=number,
                    old=lines[number - 1],
                    new=text,
                )
                break


def _mutations(lines: list[str], rules: str) -> list[tuple[int, str]]:
    try:
        from universalmutator.mutator import mutants_regexp
    except ImportError:
        message = "mutants are made by universalmutator: pip install 'awb-core[check]'"
        raise AwbError(message) from None
    files = ["universal.rules", *([] if rules == "none" else [f"{rules}.rules"])]
    with contextlib.redirect_stdout(io.StringIO()):
        found = mutants_regexp(lines, ruleFiles=files, ignorePatterns=[], ignoreStringOnly=True)
    return [(int(entry[0]), str(entry[1])) for entry in found]


def _changed_lines(before: list[str], after: list[str]) -> set[int]:
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return {n + 1 for tag, _, _, low, high in blocks if tag != "equal" for n in range(low, high)}


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
