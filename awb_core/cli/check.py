"""`awb check`: prove that tasks are admissible."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from awb_core.cli.common import default_sandbox, json_option, print_json, select_tasks
from awb_core.engine.check import RungResult, TaskReport, check_tasks
from awb_core.errors import SandboxUnavailable, UsageError
from awb_core.model import Task
from awb_core.registry import discover


@click.command(
    epilog="""\b
Examples:
  awb check dbg-multipart-boundary
  awb check awb-pack-debugging --repeats 5 --sandbox docker
  awb check --all --json"""
)
@click.argument("names", nargs=-1, metavar="[PACK|TASK]...")
@click.option("--all", "everything", is_flag=True, help="Check everything installed.")
@click.option(
    "--repeats",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="Times each rung is measured.",
)
@click.option("--sandbox", help="docker or local; docker where a daemon answers.")
@click.option(
    "--jobs",
    default=os.cpu_count() or 1,
    show_default="number of cores",
    type=click.IntRange(1),
    help="Trials side by side.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the grading data.")
@json_option
def check(
    names: tuple[str, ...],
    everything: bool,
    repeats: int,
    sandbox: str | None,
    jobs: int,
    seed: int,
    as_json: bool,
) -> int:
    """Measure the ladder of reference solutions and look for leaks.

    Green means: noop fails with at most .05, partial fails above it, minimal passes in [.50, .60],
    canonical passes with .90 or more, in strict order, with the same score each time, and the
    workspace does not hold the answer.
    """
    registry = discover()
    if not names and not everything:
        raise UsageError("name a pack or a task, or say --all")
    wanted = [] if everything else list(names)
    broken = [b for b in registry.broken if not wanted or {b.name, b.distribution} & set(wanted)]
    packs = {p.name for p in registry.packs} | {p.distribution for p in registry.packs}
    bad = {name for b in broken for name in (b.name, b.distribution)}
    tasks: dict[str, Task] = {}
    for name in wanted:
        if name not in bad or name in packs or name in registry.tasks:
            chosen = (
                select_tasks(registry, packs=[name])
                if name in packs
                else select_tasks(registry, tasks=[name])
            )
            tasks.update({task.id: task for task in chosen})
    if not wanted:
        tasks = dict(registry.tasks)
    kind = default_sandbox(registry, sandbox)
    provider = registry.sandbox(kind)
    status = provider.probe()
    if not status.available:
        raise SandboxUnavailable(f"sandbox {kind}: {status.summary}; {status.fix}")
    provider.reap()
    total = sum(len(task.ladder) for task in tasks.values()) * repeats

    with click.progressbar(range(total), label="Rungs", file=sys.stderr) as bar:
        reports = list(
            check_tasks(
                tasks.values(),
                adapters=registry.adapters,
                oracles=registry.oracles,
                provider=provider,
                repeats=repeats,
                jobs=jobs,
                seed=seed,
                done=lambda _result: bar.update(1),
            )
        )
    if as_json:
        print_json(
            {
                "sandbox": kind,
                "repeats": repeats,
                "broken": [{"name": b.name, "reason": b.reason} for b in broken],
                "tasks": [_as_dict(report) for report in reports],
            }
        )
    else:
        for report in reports:
            _print(report)
        for item in broken:
            click.echo(f"{item.name}: BROKEN\n    {item.reason}")
    return 1 if broken or any(report.problems for report in reports) else 0


def _print(report: TaskReport) -> None:
    click.echo(f"{report.task}: {'ok' if not report.problems else 'NOT ADMISSIBLE'}")
    for name, results in _by_rung(report).items():
        scores = sorted({f"{r.score:.4f}" for r in results if r.score is not None})
        verdicts = sorted({r.verdict for r in results})
        seconds = max(r.record["phases"].get("verify", 0.0) for r in results)
        cpu = max(sum(m["cpu_seconds"] or 0.0 for m in r.record["measurements"]) for r in results)
        values = ", ".join(
            f"{m['check']}={m['value']:.4g}" if "value" in m else f"{m['check']}=?"
            for m in results[0].record["measurements"]
        )
        click.echo(
            f"  {name:<10} {'/'.join(verdicts):<6} {'/'.join(scores) or '-':<8}"
            f" {seconds:6.1f} s {cpu:6.1f} cpu-s  {values}"
        )
    for problem in report.problems:
        click.echo(f"    ! {problem}")
    for result in report.results:
        for entry in result.record["measurements"]:
            if "failure" in entry and result.repeat == 1:
                click.echo(f"    {result.rung.name}/{entry['check']}: {entry['failure']}")
                click.echo("      " + entry["detail"].strip().replace("\n", "\n      ")[-1500:])


def _by_rung(report: TaskReport) -> dict[str, list[RungResult]]:
    grouped: dict[str, list[RungResult]] = {}
    for result in report.results:
        grouped.setdefault(result.rung.name, []).append(result)
    return grouped


def _as_dict(report: TaskReport) -> dict[str, Any]:
    return {
        "task": report.task,
        "admissible": not report.problems,
        "problems": list(report.problems),
        "rungs": [
            {
                "rung": result.rung.name,
                "repeat": result.repeat,
                "verdict": result.verdict,
                "score": result.score,
                "seconds": result.record["seconds"],
                "cpu_seconds": sum(m["cpu_seconds"] or 0.0 for m in result.record["measurements"]),
                "note": result.record["note"],
                "measurements": result.record["measurements"],
            }
            for result in report.results
        ],
    }
