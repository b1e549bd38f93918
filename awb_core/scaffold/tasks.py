"""New tasks: small but whole, one template a kind of oracle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from awb_core.errors import UsageError
from awb_core.scaffold.folders import PackFolder
from awb_core.scaffold.names import check_line, check_slug, new_canary
from awb_core.scaffold.project_file import with_dependency
from awb_core.scaffold.render import render
from awb_core.validation import did_you_mean

KINDS: Mapping[str, str] = {
    "program": "drives the program from outside and compares what it answers",
    "property": "draws inputs and tests that a property of the answers holds",
    "pytest": "runs hidden tests",
    "lint": "reads the code by rules of the task's own",
    "mutation": "runs the workflow's tests against hidden mutants",
    "metric": "measures a number",
    "findings": "compares a report with seeded facts",
}
"""The templates in `templates/task`, by the oracle that decides."""

NEEDS: Mapping[str, str] = {"property": "hypothesis>=6.170"}
"""What a pack must depend on for the judges of such tasks, which run outside the sandbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """What a task is made from, beside its template."""

    slug: str
    title: str
    dimension: str
    difficulty: str = "S"


def write_task(kind: str, new: NewTask, folder: Path) -> Path:
    """Write a task into the folder of a pack's tasks.

    Raises:
        UsageError: a name does not fit, or the task exists.
    """
    values = {
        "slug": check_slug(new.slug, "a task"),
        "title": check_line(new.title, "the title"),
        "dimension": check_slug(new.dimension, "a dimension"),
        "difficulty": new.difficulty,
        "canary": new_canary(),
    }
    return render(f"task/{kind}", folder / new.slug, values)


def add_task(kind: str, new: NewTask, pack: PackFolder) -> Path:
    """Write a task into a pack, and let the pack depend on what its judge needs.

    Raises:
        UsageError: a name does not fit, the task exists, or the pack's `pyproject.toml` must be changed by hand.
    """
    project = pack.root / "pyproject.toml"
    text = with_dependency(project, NEEDS[kind]) if kind in NEEDS else None
    task = write_task(kind, new, pack.tasks)
    if text is not None:
        project.write_bytes(text.encode("utf-8"))
    return task


def choose_dimension(wanted: str | None, pack: PackFolder, known: Mapping[str, object]) -> str:
    """Return the dimension of a new task: the one that is wanted, else the pack's only one.

    Raises:
        UsageError: it is unknown, or the pack has none or several.
    """
    own = pack.dimensions_registered()
    if wanted is None:
        used = pack.dimensions_used() or own
        if len(used) == 1:
            return used[0]
        words = f"has tasks of {', '.join(used)}" if used else "has no task yet"
        raise UsageError(f"{pack.name} {words}: say --dimension")
    everything = (*known, *own)
    if wanted not in everything:
        near = did_you_mean(wanted, everything)
        raise UsageError(
            f"no dimension {wanted!r}{near}; `awb dimensions` lists them,"
            f" `awb new-dimension {wanted} --pack {pack.root}` adds it"
        )
    return wanted


def check_free(slug: str, pack: PackFolder, installed: Mapping[str, str]) -> str:
    """Return the id of a new task if no other task has it; `installed` maps ids to packs.

    Raises:
        UsageError: it is taken, or no name.
    """
    check_slug(slug, "a task")
    owner = installed.get(slug, pack.name)
    if owner != pack.name:
        raise UsageError(f"the task {slug!r} is in {owner} already; ids are unique over all packs")
    if (pack.tasks / slug).exists():
        raise UsageError(f"{pack.tasks / slug} exists already; nothing was written")
    return slug


def twins_of(task: Path) -> tuple[str, ...]:
    """Return the tasks beside a new one that still have the same instruction."""
    text = (task / "instruction.md").read_text("utf-8")
    return tuple(
        other.parent.name
        for other in sorted(task.parent.glob("*/instruction.md"))
        if other.parent != task and other.read_text("utf-8") == text
    )
