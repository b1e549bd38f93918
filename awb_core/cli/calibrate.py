"""`awb calibrate`: propose score anchors from the measured ladder."""

from __future__ import annotations

import os

import click

from awb_core.admission.bench import Bench, Scope
from awb_core.admission.calibrate import propose
from awb_core.admission.gate import check_tasks
from awb_core.cli.common import default_sandbox, json_option, print_json, select_tasks
from awb_core.registry import discover


@click.command(epilog="\b\nExample:\n  awb calibrate dbg-multipart-boundary --sandbox local")
@click.argument("task")
@click.option("--sandbox", help="docker or local; docker where a daemon answers.")
@click.option(
    "--jobs",
    default=os.cpu_count() or 1,
    show_default="number of cores",
    type=click.IntRange(1),
    help="Trials side by side.",
)
@json_option
def calibrate(task: str, sandbox: str | None, jobs: int, as_json: bool) -> int:
    """Measure every rung of TASK and print the anchors that follow, ready for task.toml."""
    registry = discover()
    chosen = select_tasks(registry, tasks=[task])
    provider = registry.sandbox(default_sandbox(registry, sandbox))
    bench = Bench(
        adapters=registry.adapters,
        oracles=registry.oracles,
        attacks={},
        provider=provider,
        jobs=jobs,
    )
    reports = check_tasks(chosen, bench, Scope())
    found = {}
    for report in reports:
        found[report.task] = propose(registry.tasks[report.task], report.results)
        invalid = [r for r in report.results if r.score is None]
        for result in invalid:
            click.echo(f"{report.task} / {result.name}: {result.record['note']}", err=True)
    if as_json:
        print_json(
            {
                name: [
                    {
                        "check": p.check,
                        "measured": dict(p.measured),
                        "floor": p.floor,
                        "midpoint": p.midpoint,
                        "saturation": p.saturation,
                        "note": p.note,
                    }
                    for p in proposals
                ]
                for name, proposals in found.items()
            }
        )
        return 0
    for name, proposals in found.items():
        for proposal in proposals:
            values = "  ".join(f"{rung} {value:g}" for rung, value in proposal.measured.items())
            click.echo(f"{name} / {proposal.check}: {values}")
            if proposal.floor is not None:
                click.echo(
                    f"  anchors = {{ floor = {proposal.floor:g}, midpoint = {proposal.midpoint:g},"
                    f" saturation = {proposal.saturation:g} }}"
                )
            if proposal.note:
                click.echo(f"  ! {proposal.note}")
    return 0
