"""`awb packs|tasks|adapters|oracles|dimensions|sandboxes|executors`: what is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from awb_core.cli.common import (
    json_option,
    print_json,
    print_table,
    select_tasks,
    selection_options,
)
from awb_core.protocols import Adapter, ModelAdapter
from awb_core.registry import Registry, discover


def _print(rows: list[dict[str, Any]], columns: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
    elif rows:
        print_table(rows, list(columns))
    else:
        click.echo("nothing is installed", err=True)


def _print_broken(registry: Registry, kinds: Iterable[str]) -> None:
    for item in registry.broken:
        if item.kind in kinds:
            click.echo(
                f"BROKEN {item.kind} {item.name} ({item.distribution}): {item.reason}", err=True
            )


@click.command(epilog="\b\nExample:\n  awb packs --json")
@json_option
def packs(as_json: bool) -> int:
    """List the installed packs, broken ones with the reason; exit 1 if there are broken ones."""
    registry = discover()
    rows: list[dict[str, Any]] = [
        {
            "name": pack.name,
            "version": pack.version,
            "distribution": pack.distribution,
            "dimensions": list(pack.dimensions),
            "tasks": len(pack.tasks),
            "broken": [b.reason for b in registry.broken if b.distribution == pack.distribution],
        }
        for pack in registry.packs
    ]
    listed = {pack.distribution for pack in registry.packs}
    rows += [
        {
            "name": item.name,
            "version": "",
            "distribution": item.distribution,
            "dimensions": [],
            "tasks": 0,
            "broken": [item.reason],
        }
        for item in registry.broken
        if item.distribution not in listed
    ]
    if as_json:
        print_json(rows)
    else:
        shown = [
            {**row, "dimensions": ", ".join(row["dimensions"]), "broken": len(row["broken"]) or ""}
            for row in rows
        ]
        _print(shown, ("name", "version", "dimensions", "tasks", "broken"), as_json=False)
        _print_broken(registry, ("plugin", "pack", "task"))
    return 1 if any(row["broken"] for row in rows) else 0


@click.command(epilog="\b\nExample:\n  awb tasks --dimension debugging")
@selection_options
@json_option
def tasks(
    tasks: tuple[str, ...], dimensions: tuple[str, ...], packs: tuple[str, ...], as_json: bool
) -> int:
    """List the installed tasks; exit 1 if there are broken ones."""
    registry = discover()
    chosen = select_tasks(registry, packs=packs, dimensions=dimensions, tasks=tasks)
    rows: list[dict[str, Any]] = [
        {
            "id": task.id,
            "dimension": task.dimension,
            "difficulty": task.difficulty,
            "languages": list(task.languages),
            "pack": task.pack,
            "title": task.title,
            "checks": [check.id for check in task.checks],
        }
        for task in chosen
    ]
    if not as_json:
        rows = [{**row, "languages": ", ".join(row["languages"])} for row in rows]
    _print(rows, ("id", "dimension", "difficulty", "languages", "title"), as_json=as_json)
    broken = [item for item in registry.broken if item.kind in ("task", "pack", "plugin")]
    _print_broken(registry, ("plugin", "pack", "task"))
    return 1 if broken else 0


def _adapter(adapter: Adapter) -> dict[str, Any]:
    if not isinstance(adapter, ModelAdapter):
        return {
            "name": adapter.name,
            "state": "built in",
            "version": "",
            "summary": adapter.summary,
        }
    state = adapter.state()
    words = f"installable: awb install-agent {adapter.name}"
    words = f"missing: {state.fix}" if state.fix else words
    return {
        "name": adapter.name,
        "state": "installed" if state.installed else words,
        "version": state.installed or state.version,
        "summary": adapter.summary,
    }


def _simple(
    name: str, read: Callable[[Registry], list[dict[str, Any]]], help_: str
) -> click.Command:
    @click.command(name=name, help=help_, epilog=f"\b\nExample:\n  awb {name} --json")
    @json_option
    def command(as_json: bool) -> int:
        registry = discover()
        rows = read(registry)
        _print(rows, rows[0].keys() if rows else (), as_json=as_json)
        _print_broken(registry, ("plugin", name.removesuffix("s")))
        return 0

    return command


adapters = _simple(
    "adapters",
    lambda r: [_adapter(adapter) for adapter in r.adapters.values()],
    "List the adapters that drive workflows.",
)
oracles = _simple(
    "oracles",
    lambda r: [{"name": o.name, "summary": o.summary} for o in r.oracles.values()],
    "List the kinds of checks.",
)
dimensions = _simple(
    "dimensions",
    lambda r: [
        {
            "id": d.id,
            "title": d.title,
            "tasks": sum(task.dimension == d.id for task in r.tasks.values()),
        }
        for d in r.dimensions.values()
    ],
    "List the capability dimensions and how many tasks measure each.",
)
executors = _simple(
    "executors",
    lambda r: [{"name": e.name} for e in r.executors.values()],
    "List how trials can run side by side.",
)


@click.command(epilog="\b\nExample:\n  awb sandboxes")
@json_option
def sandboxes(as_json: bool) -> int:
    """List the kinds of sandbox, whether they work here, and what they isolate."""
    registry = discover()
    rows: list[dict[str, Any]] = []
    for name, provider in registry.sandboxes.items():
        status = provider.probe()
        rows.append(
            {
                "name": name,
                "available": status.available,
                "summary": status.summary,
                "fix": status.fix,
                "protections": dict(status.protections),
            }
        )
    if not as_json:
        rows = [
            {
                **row,
                "available": "yes" if row["available"] else "no",
                "protections": ", ".join(k for k, on in row["protections"].items() if on) or "none",
            }
            for row in rows
        ]
    _print(rows, ("name", "available", "summary", "protections", "fix"), as_json=as_json)
    return 0
