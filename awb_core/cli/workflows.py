"""`awb workflows` and `awb diff`: what is under test, and what tells two of them apart."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from awb_core.cli.common import json_option, print_json, print_table
from awb_core.errors import ManifestError, UsageError
from awb_core.model import Workflow
from awb_core.redaction import HIDDEN, looks_secret
from awb_core.registry import Registry, discover
from awb_core.validation import did_you_mean
from awb_core.workflow_file import differences, effective, warnings

FOLDER = Path("workflows")
"""Where workflow files are looked for if none is named."""


@click.command(epilog="\b\nExamples:\n  awb workflows\n  awb workflows team.toml --json")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@json_option
def workflows(files: tuple[Path, ...], as_json: bool) -> int:
    """List the workflows of FILES (files or folders; workflows/ otherwise), matrices expanded.

    Exit 2 if a file is wrong; the others are listed all the same.
    """
    registry = discover()
    found: list[Workflow] = []
    problems: list[ManifestError] = []
    for path in _files(files):
        try:
            found += registry.workflows(str(path))
        except ManifestError as error:
            problems.append(error)
    rows = [
        {
            "name": workflow.name,
            "adapter": workflow.adapter,
            "model": workflow.model,
            "identity": workflow.identity[:12],
            "factors": dict(workflow.factors),
            "source": workflow.source,
        }
        for workflow in found
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("name", "adapter", "model", "identity"))
    warn(found)
    for problem in problems:
        click.echo(f"BROKEN {problem}", err=True)
    return 2 if problems else 0


@click.command(epilog="\b\nExamples:\n  awb diff a.toml b.toml\n  awb diff team.toml codex:gpt-5.5")
@click.argument("one")
@click.argument("other")
@json_option
def diff(one: str, other: str, as_json: bool) -> int:
    """Say in words what differs between two workflows; exit 1 if anything does.

    ONE and OTHER are ADAPTER[:ARGUMENT], a FILE, or FILE#NAME where a file holds several.
    """
    registry = discover()
    before, after = (one_workflow(registry, spec) for spec in (one, other))
    words = differences(before, after)
    if as_json:
        print_json({"one": before.name, "other": after.name, "differences": list(words)})
    else:
        for line in words or ("no difference: results share one row",):
            click.echo(line)
    return 1 if words else 0


def one_workflow(registry: Registry, spec: str) -> Workflow:
    """Return the one workflow that a word of the command line means.

    Raises:
        UsageError: it means several, or none.
    """
    file, _, name = spec.partition("#")
    if not file.endswith(".toml"):
        return registry.workflows(spec)[0]
    found = {workflow.name: workflow for workflow in registry.workflows(file)}
    if not name and len(found) == 1:
        return next(iter(found.values()))
    if name in found:
        return found[name]
    near = did_you_mean(name, found)
    message = f"{file} holds {len(found)} workflows{near}; name one: " + ", ".join(
        f"'{file}#{known}'" for known in found
    )
    raise UsageError(message)


def describe(workflow: Workflow) -> dict[str, Any]:
    """Return the effective configuration of a workflow as plain data, secrets taken out."""
    values = effective(workflow)
    env = values.get("env", {})
    values["env"] = {k: HIDDEN if looks_secret(k, v) else v for k, v in env.items()}
    return {
        "name": workflow.name,
        "identity": workflow.identity,
        "factors": dict(workflow.factors),
        "source": workflow.source,
        **values,
    }


def warn(found: Iterable[Workflow]) -> None:
    """Print warnings about workflows on stderr."""
    for workflow in found:
        for warning in warnings(workflow):
            click.echo(f"Warning: {warning}", err=True)


def _files(named: Iterable[Path]) -> list[Path]:
    places = list(named)
    if not places:
        if not FOLDER.is_dir():
            raise UsageError(f"there is no folder {FOLDER}/; name files or folders")
        places = [FOLDER]
    for place in places:
        if not place.exists():
            raise UsageError(f"{place}: no such file or folder")
    files = [f for p in places for f in (sorted(p.glob("*.toml")) if p.is_dir() else [p])]
    if not files:
        raise UsageError(f"no .toml file in {', '.join(map(str, places))}")
    return files
