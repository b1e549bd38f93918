"""`awb attacks`: the ways to cheat that every task must defeat."""

from __future__ import annotations

from typing import Any

import click

from awb_core.cli.common import json_option, print_json, print_table
from awb_core.registry import discover


@click.command(epilog="\b\nExamples:\n  awb attacks\n  awb run -w attack:conftest --task 'dbg-*'")
@json_option
def attacks(as_json: bool) -> int:
    """List the attacks, and the number of installed tasks that each is tried on."""
    registry = discover()
    rows: list[dict[str, Any]] = [
        {
            "name": attack.name,
            "group": attack.group,
            "tasks": sum(attack.applies(task) for task in registry.tasks.values()),
            "summary": attack.summary,
        }
        for attack in registry.attacks.values()
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ["name", "group", "tasks", "summary"])
    return 0
