"""`awb new-task`: write a task, from a template or from commits of a repository."""

from __future__ import annotations

from pathlib import Path

import click

from awb_core.cli.common import default_sandbox
from awb_core.errors import SandboxUnavailable, UsageError
from awb_core.registry import Registry, discover
from awb_core.scaffold.folders import PackFolder, find_pack
from awb_core.scaffold.mining.mine import Wanted, mine_task
from awb_core.scaffold.mining.parts import TEST_GLOBS
from awb_core.scaffold.mining.repository import read_range
from awb_core.scaffold.names import check_line, title_of
from awb_core.scaffold.tasks import (
    KINDS,
    NewTask,
    add_task,
    check_free,
    choose_dimension,
    twins_of,
)

RUNGS = {
    "partial": "no part of the fix makes some of the required tests pass and keeps the others; write half the work",
    "minimal": "no larger part of the fix does so; write a just acceptable solution, then `awb calibrate` for anchors",
}
"""What the author must write where the fix could not be divided."""


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
@click.option(
    "--from-git",
    nargs=2,
    metavar="REPOSITORY BASE..FIX",
    help="Mine it from commits: a folder or an address, the commit before the work and the last one of it.",
)
@click.option(
    "--tests",
    "globs",
    multiple=True,
    metavar="GLOB",
    default=TEST_GLOBS,
    show_default=True,
    help="Which files are tests, with --from-git; repeatable.",
)
@click.option(
    "--requirements",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What the tests need, with --from-git; what the repository declares by default.",
)
@click.option(
    "--python", default="3.11", show_default=True, help="Version of Python, with --from-git."
)
@click.option(
    "--path",
    "paths",
    multiple=True,
    help="Import path in the workspace, with --from-git; src and . by default.",
)
@click.option(
    "--pytest-arg",
    "arguments",
    multiple=True,
    help="Argument of pytest, with --from-git; repeatable.",
)
@click.option(
    "--sandbox", help="Where the tests run, with --from-git; docker where a daemon answers."
)
@click.option("--no-input", is_flag=True, help="Ask nothing; take defaults for what is not given.")
def new_task(
    slug: str,
    folder: Path,
    kind: str | None,
    dimension: str | None,
    difficulty: str | None,
    title: str | None,
    from_git: tuple[str, str] | None,
    globs: tuple[str, ...],
    requirements: Path | None,
    python: str,
    paths: tuple[str, ...],
    arguments: tuple[str, ...],
    sandbox: str | None,
    no_input: bool,
) -> None:
    """Write a task into a pack: instruction, workspace, hidden checks, solutions, wrong fixes.

    A template's task passes `awb check` as it is; change it step by step and check again. A mined task has the state
    before the fix as its workspace, without history, and the tests of the fix as hidden checks; its instruction, and
    solutions that could not be cut out of the fix, are the author's to finish.
    """
    if kind and from_git:
        raise UsageError("--kind and --from-git exclude each other")
    pack, registry = find_pack(folder), discover()
    check_free(slug, pack, {task.id: task.pack for task in registry.tasks.values()})
    if not from_git:
        kind = kind or _ask_kind(no_input=no_input)
        title = title or _ask("Title", title_of(slug), no_input=no_input)
    new = NewTask(
        slug=slug,
        dimension=_dimension(dimension, pack, registry, no_input=no_input),
        difficulty=difficulty or "S",
        title=check_line(title, "the title") if title else "",
    )
    if from_git:
        wanted = Wanted(
            globs=globs, requirements=requirements, python=python, path=paths, arguments=arguments
        )
        _mine(new, from_git, wanted, pack, registry, sandbox)
    elif kind:
        task = add_task(kind, new, pack)
        click.echo(f"written: {task}")
        for twin in twins_of(task):
            words = f"{twin} is still the same template; `awb check` wants them to differ"
            click.echo(f"note: {words}", err=True)
    click.echo(f"next: awb check {slug}")


def _mine(
    new: NewTask,
    source: tuple[str, str],
    wanted: Wanted,
    pack: PackFolder,
    registry: Registry,
    sandbox: str | None,
) -> None:
    provider = registry.sandbox(default_sandbox(registry, sandbox))
    status = provider.probe()
    if not status.available:
        raise SandboxUnavailable(f"sandbox {provider.name}: {status.summary}; {status.fix}")
    mined = mine_task(
        new,
        read_range(*source),
        wanted,
        pack.tasks,
        provider,
        lambda words: click.echo(words, err=True),
    )
    click.echo(f"written: {mined.task}")
    click.echo(f"{mined.required} tests must start to pass, {mined.kept} must go on passing")
    for note in mined.notes:
        click.echo(f"note: {note}")
    click.echo(
        f"yours: {mined.task / 'instruction.md'}: answer what it marks with TODO, and coverage.toml with it"
    )
    for rung in mined.missing:
        click.echo(f"yours: {mined.task / 'solution' / rung}.py: {RUNGS[rung]}")


def _ask_kind(*, no_input: bool) -> str:
    if no_input:
        raise UsageError(f"say --kind, one of {', '.join(KINDS)}, or --from-git")
    for name, words in KINDS.items():
        click.echo(f"  {name:<10} {words}", err=True)
    return str(click.prompt("Kind", type=click.Choice(list(KINDS)), err=True))


def _dimension(wanted: str | None, pack: PackFolder, registry: Registry, *, no_input: bool) -> str:
    known = registry.dimensions
    if wanted is None and not no_input:
        used = pack.dimensions_used() or pack.dimensions_registered()
        default = used[0] if len(used) == 1 else None
        wanted = str(click.prompt("Dimension", default=default, err=True))
    return choose_dimension(wanted, pack, known)


def _ask(question: str, default: str, *, no_input: bool) -> str:
    return default if no_input else str(click.prompt(question, default=default, err=True))
