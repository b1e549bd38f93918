"""`awb new-task`: write a task, from a template or from commits of a repository."""

from __future__ import annotations

from pathlib import Path

import click

from awb_core.errors import UsageError
from awb_core.registry import Registry, discover
from awb_core.scaffold.folders import PackFolder, find_pack
from awb_core.scaffold.names import title_of
from awb_core.scaffold.tasks import (
    KINDS,
    NewTask,
    check_free,
    choose_dimension,
    twins_of,
    write_task,
)


@click.command(
    "new-task",
    epilog="""\b
Examples:
  awb new-task sec-upload-names --pack awb-pack-security --kind program
  awb new-task dbg-lost-rows --pack . --from-git ~/src/shop 3f2a1c9..8d40b77 --no-input""",
)
@click.argument("slug")
@click.option(
    "--pack",
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the pack.",
)
@click.option("--kind", type=click.Choice(list(KINDS)), help="The oracle that decides.")
@click.option("--dimension", help="What it measures; the pack's only dimension by default.")
@click.option(
    "--difficulty", type=click.Choice(["S", "M", "L"]), help="Size of the work; S by default."
)
@click.option("--title", help="One line for people.")
@click.option("--no-input", is_flag=True, help="Ask nothing; take defaults for what is not given.")
def new_task(
    slug: str,
    folder: Path,
    kind: str | None,
    dimension: str | None,
    difficulty: str | None,
    title: str | None,
    no_input: bool,
) -> None:
    """Write a task into a pack: instruction, workspace, hidden checks, solutions, wrong fixes.

    A template's task passes `awb check` as it is; change it step by step and check again.
    """
    pack, registry = find_pack(folder), discover()
    check_free(slug, pack, {task.id: task.pack for task in registry.tasks.values()})
    if kind is None:
        if no_input:
            raise UsageError(f"say --kind, one of {', '.join(KINDS)}")
        for name, words in KINDS.items():
            click.echo(f"  {name:<10} {words}", err=True)
        kind = str(click.prompt("Kind", type=click.Choice(list(KINDS)), err=True))
    new = NewTask(
        slug=slug,
        dimension=_dimension(dimension, pack, registry, no_input=no_input),
        difficulty=difficulty or "S",
        title=title or _ask("Title", title_of(slug), no_input=no_input),
    )
    task = write_task(kind, new, pack.tasks)
    click.echo(f"written: {task}")
    for twin in twins_of(task):
        click.echo(
            f"note: {twin} is still the same template; `awb check` wants them to differ", err=True
        )
    click.echo(f"next: awb check {slug}")


def _dimension(wanted: str | None, pack: PackFolder, registry: Registry, *, no_input: bool) -> str:
    known = registry.dimensions
    if wanted is None and not no_input:
        used = pack.dimensions_used() or pack.dimensions_registered()
        default = used[0] if len(used) == 1 else None
        wanted = str(click.prompt("Dimension", default=default, err=True))
    return choose_dimension(wanted, pack, known)


def _ask(question: str, default: str, *, no_input: bool) -> str:
    return default if no_input else str(click.prompt(question, default=default, err=True))
