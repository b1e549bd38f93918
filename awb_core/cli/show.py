"""`awb show`: one task, workflow or trial, whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from awb_core.admission.certificate import admission_of
from awb_core.cli.common import json_option, print_json
from awb_core.cli.execution import RUNS
from awb_core.cli.workflows import describe, one_workflow, warn
from awb_core.errors import UsageError
from awb_core.manifest import rungs_of
from awb_core.model import Task
from awb_core.registry import discover
from awb_core.store import RunStore
from awb_core.validation import did_you_mean


@click.command(
    epilog="""\b
Examples:
  awb show dbg-multipart-boundary
  awb show reference:minimal
  awb show workflows/team.toml
  awb show 6d0c59e2b1f4a7c3e5d8
  awb show results/monday/6d0c59e2"""
)
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> int:
    """Show a task (by id), a workflow (ADAPTER[:ARGUMENT], FILE or FILE#NAME) or a trial.

    A trial is named by its id, or the start of it, if its run is in awb-runs/, else as RUN/TRIAL.
    """
    registry = discover()
    if name in registry.tasks:
        task = registry.tasks[name]
        pack = next(pack for pack in registry.packs if task in pack.tasks)
        proof = admission_of(pack, task)
        print_json({**_task(task), "admission": proof}) if as_json else _print_task(task, proof)
        return 0
    trial = find_trial(name)
    if trial is not None:
        print_json(trial) if as_json else _print_trial(trial)
        return 0
    if name.split(":")[0] in registry.adapters or ".toml" in name:
        workflow = one_workflow(registry, name)
        value = describe(workflow)
        if as_json:
            print_json(value)
        else:
            for key, entry in value.items():
                click.echo(f"{key:<13} {entry or '-'}")
        warn([workflow])
        return 0
    near = did_you_mean(name, [*registry.tasks, *registry.adapters])
    raise UsageError(f"no task, workflow or trial {name!r}{near}")


def _task(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "title": task.title,
        "pack": task.pack,
        "dimension": task.dimension,
        "difficulty": task.difficulty,
        "languages": list(task.languages),
        "tags": list(task.tags),
        "contamination": task.contamination,
        "digest": task.digest,
        "environment": {"digest": task.environment.digest, "python": task.environment.python},
        "limits": asdict(task.limits),
        "workspace": asdict(task.workspace),
        "checks": [asdict(check) for check in task.checks],
        "ladder": [asdict(rung) for rung in task.ladder],
        "rungs": list(rungs_of(task.root)),
        "instruction": task.instruction,
        "root": str(task.root),
    }


def _print_task(task: Task, proof: Mapping[str, Any] | None) -> None:
    click.echo(f"{task.id}: {task.title}")
    click.echo(
        f"{task.dimension}, {task.difficulty}, {', '.join(task.languages)}, pack {task.pack}"
    )
    sdist = task.workspace.sdist
    click.echo(
        f"workspace: {f'{sdist.name} {sdist.version}' if sdist else 'authored'}; {task.contamination}"
    )
    if proof is not None:
        signed = f", signed off by {proof['signed_off_by']}" if proof["signed_off_by"] else ""
        click.echo(f"admitted: {proof['date']} in {proof['sandbox']}{signed}")
    click.echo("checks:")
    for check in task.checks:
        words = f"  {check.id}: {check.oracle}, {check.role.value}"
        if check.anchors:
            a = check.anchors
            words += f", weight {check.weight:g}, {a.goal} {a.unit} on a {a.scale} scale:"
            words += f" {a.floor:g} / {a.midpoint:g} / {a.saturation:g}"
        click.echo(words)
    click.echo("ladder:")
    for rung in task.ladder:
        click.echo(
            f"  {rung.name}: {rung.verdict}, score {rung.score[0]:.2f} to {rung.score[1]:.2f}"
        )
    click.echo("\n" + task.instruction)


def find_trial(name: str) -> dict[str, Any] | None:
    """Return the record of a trial and the folder of its artifacts.

    A trial is named by the start of its id, if its run is in awb-runs/, else as `RUN/TRIAL`.
    """
    run, _, start = name.rpartition("/")
    if not start.isalnum():
        return None
    found = Path(run).glob(f"trials/{start}*.json") if run else RUNS.glob(f"*/trials/{start}*.json")
    for path in sorted(found, reverse=True):
        store = RunStore.open(path.parent.parent)
        for record in store.records():
            if record["id"] == path.stem:
                return {**record, "folder": str(Path(store.root, "artifacts", record["artifacts"]))}
    return None


def _print_trial(trial: dict[str, Any]) -> None:
    score = "" if trial["score"] is None else f"score {trial['score']:.4f}"
    verdict = {True: "pass", False: "fail", None: "invalid"}[trial["passed"]]
    click.echo(f"{trial['task']} / {trial['workflow']} #{trial['repeat']}: {verdict} {score}")
    click.echo(f"{trial['outcome']}{': ' + trial['note'] if trial['note'] else ''}")
    usage = trial.get("usage")
    if usage:
        mark = ">= " if usage.get("is_lower_bound") else ""
        cost = "price unknown"
        if usage["cost_usd"] is not None:
            cost = f"{mark}${float(usage['cost_usd']):.4f}"
        tokens = ", ".join(f"{count} {kind}" for kind, count in usage["tokens"].items())
        click.echo(f"  {usage['requests']} requests, {usage['failed']} failed; {tokens}; {cost}")
        for name, difference in trial["claims_differ"].items():
            click.echo(f"  the tool claims {difference:+g} {name}")
    for entry in trial["measurements"]:
        if "failure" in entry:
            click.echo(
                f"  {entry['check']}: could not judge: {entry['failure']}\n{entry['detail']}"
            )
            continue
        click.echo(f"  {entry['check']}: {entry['value']:g} {entry['unit']} {entry['note']}")
        for item in entry["items"]:
            if item["credit"] < 1:
                click.echo(f"    {item['id']}: {item['credit']:g} {item['note']}")
    for flag in trial.get("flags", ()):
        where = f"{flag['file']}:{flag['line']}" if flag["line"] else flag["file"]
        click.echo(f"  flagged: {where} {flag['what']}: {flag['text']}")
    for kind in ("added", "removed", "modified", "restored"):
        for name in trial["workspace"][kind]:
            click.echo(f"  {kind}: {name}")
    if usage:
        run = Path(trial["folder"]).parents[2]
        name = trial["id"] if run.parent == RUNS else f"{run}/{trial['id']}"
        click.echo(f"what was said: awb transcript {name}")
    click.echo(f"files: {trial['folder']}")
