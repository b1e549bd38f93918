"""What several commands share: selection of tasks, JSON output, tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatch
from typing import Any, TypeVar

import click

from awb_core.errors import UsageError
from awb_core.model import Task
from awb_core.registry import Registry
from awb_core.validation import did_you_mean

Command = TypeVar("Command", bound=Callable[..., Any])


def selection_options(command: Command) -> Command:
    """Add the options that choose tasks."""
    for option in (
        click.option(
            "--task", "tasks", multiple=True, metavar="GLOB", help="Tasks by id; repeatable."
        ),
        click.option("--dimension", "dimensions", multiple=True, help="Tasks of a dimension."),
        click.option("--pack", "packs", multiple=True, help="Tasks of a pack."),
    ):
        command = option(command)
    return command


def executor_option(command: Command) -> Command:
    """Add `--executor`."""
    return click.option(
        "--executor", default="threads", show_default=True, help="How trials run side by side."
    )(command)


def json_option(command: Command) -> Command:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def select_tasks(
    registry: Registry,
    *,
    packs: Iterable[str] = (),
    dimensions: Iterable[str] = (),
    tasks: Iterable[str] = (),
) -> list[Task]:
    """Return the chosen tasks; all of them if nothing is chosen.

    Raises:
        UsageError: a name or glob chooses nothing, or chooses something broken.
    """
    packs, dimensions, tasks = tuple(packs), tuple(dimensions), tuple(tasks)
    known = list(registry.tasks.values())
    pack_of = {task.id: pack for pack in registry.packs for task in pack.tasks}

    def names(task: Task) -> tuple[str, str]:
        return task.pack, pack_of[task.id].distribution

    for pack in packs:
        if not any(_is_pack(pack, names(task)) for task in known):
            everything = [name for task in known for name in names(task)]
            raise _nothing("pack", pack, everything, registry)
    for dimension in dimensions:
        if not any(task.dimension == dimension for task in known):
            raise _nothing("dimension", dimension, registry.dimensions, registry)
    for glob in tasks:
        if not any(fnmatch(task.id, glob) for task in known):
            raise _nothing("task", glob, registry.tasks, registry)
    chosen = [
        task
        for task in known
        if (not packs or any(_is_pack(pack, names(task)) for pack in packs))
        and (not dimensions or task.dimension in dimensions)
        and (not tasks or any(fnmatch(task.id, glob) for glob in tasks))
    ]
    if not chosen:
        raise UsageError("no task fits; `awb tasks` lists what is installed")
    return chosen


def _is_pack(wanted: str, names: tuple[str, ...]) -> bool:
    return any(wanted == name or f"awb-pack-{wanted}" == name for name in names)


def _nothing(kind: str, name: str, known: Iterable[str], registry: Registry) -> UsageError:
    broken = [item for item in registry.broken if name in (item.name, item.distribution)]
    if broken:
        return UsageError(f"{kind} {name!r} is broken: {broken[0].reason}")
    near = did_you_mean(name, dict.fromkeys(known))
    plural = "dimensions" if kind == "dimension" else f"{kind}s"
    return UsageError(f"no {kind} {name!r}{near} (see `awb {plural}`)")


def print_json(value: Any) -> None:
    """Print a value as JSON on stdout."""
    click.echo(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows under a header, columns padded; nothing is cut."""
    table = [[str(row.get(column, "")) for column in columns] for row in rows]
    header = [column.upper() for column in columns]
    widths = [max(len(line[i]) for line in [header, *table]) for i in range(len(columns))]
    click.echo(
        "  ".join(h.ljust(w) for h, w in zip(header, widths, strict=True)).rstrip(), color=True
    )
    for line in table:
        click.echo("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip())


def default_sandbox(registry: Registry, name: str | None) -> str:
    """Return the sandbox to use: the named one, else Docker where a daemon answers, else local."""
    if name:
        registry.sandbox(name)
        return name
    for candidate, provider in registry.sandboxes.items():
        if provider.probe().available:
            return candidate
    raise UsageError("no sandbox works here; see `awb doctor`")
