"""`awb plan`: what a run would do."""

from __future__ import annotations

import click

from awb_core.cli.common import (
    default_sandbox,
    json_option,
    print_json,
    select_tasks,
    selection_options,
)
from awb_core.cli.gateway import missing_of
from awb_core.engine.plan import make_plan
from awb_core.registry import discover
from awb_core.words import counted


@click.command(epilog="\b\nExample:\n  awb plan -w noop -w reference --repeats 3")
@click.option(
    "-w",
    "--workflow",
    "workflows",
    multiple=True,
    required=True,
    metavar="ADAPTER[:ARGUMENT]|FILE",
    help="What to test; repeatable.",
)
@selection_options
@click.option(
    "--repeats",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="Trials of each task and workflow.",
)
@click.option("--sandbox", help="docker or local; docker where a daemon answers.")
@click.option("--seed", default=0, show_default=True, help="Seed of the grading data.")
@json_option
def plan(
    workflows: tuple[str, ...],
    tasks: tuple[str, ...],
    dimensions: tuple[str, ...],
    packs: tuple[str, ...],
    repeats: int,
    sandbox: str | None,
    seed: int,
    as_json: bool,
) -> int:
    """Say which trials a run would consist of, the longest they may take, and what is missing."""
    registry = discover()
    chosen = select_tasks(registry, packs=packs, dimensions=dimensions, tasks=tasks)
    wanted = [workflow for spec in workflows for workflow in registry.workflows(spec)]
    name = default_sandbox(registry, sandbox)
    made = make_plan(chosen, wanted, sandbox=name, repeats=repeats, seed=seed)
    status = registry.sandbox(name).probe()
    limit = sum(made.tasks[trial.task].limits.agent_seconds for trial in made.trials)
    environments = {task.environment.digest for task in made.tasks.values()}
    missing = [] if status.available else [f"sandbox {name}: {status.summary}; {status.fix}"]
    missing += missing_of(made.workflows, registry.adapters)
    missing += [f"{item.kind} {item.name}: {item.reason}" for item in registry.broken]
    if as_json:
        print_json(
            {
                "plan": made.digest,
                "sandbox": name,
                "trials": [
                    {"id": t.id, "task": t.task, "workflow": t.workflow.name, "repeat": t.repeat}
                    for t in made.trials
                ],
                "environments": len(environments),
                "agent_seconds_limit": limit,
                "missing": missing,
            }
        )
        return 0
    click.echo(
        f"{counted(len(made.trials), 'trial')}: {counted(len(made.tasks), 'task')}"
        f" x {counted(len(made.workflows), 'workflow')} x {counted(repeats, 'repeat')},"
        f" sandbox {name}, {counted(len(environments), 'environment')}"
    )
    click.echo(f"Agents may work {limit / 3600:.1f} h in all; verification comes on top.")
    for task in made.tasks.values():
        click.echo(f"  {task.id}  {task.dimension}  {task.difficulty}")
    for line in missing:
        click.echo(f"missing: {line}")
    return 0
