"""`awb resume`: continue a run that stopped."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import click

from awb_core.cli.common import executor_option, json_option
from awb_core.cli.execution import execute, print_run, resolve_run
from awb_core.cli.report import print_text
from awb_core.engine.plan import Plan, make_plan
from awb_core.errors import UsageError
from awb_core.model import Workflow
from awb_core.registry import Registry, discover
from awb_core.store import RunStore


@click.command(epilog="\b\nExample:\n  awb resume latest")
@click.argument("run")
@click.option(
    "--jobs",
    default=os.cpu_count() or 1,
    show_default="number of cores",
    type=click.IntRange(1),
    help="Workflows at work side by side.",
)
@executor_option
@json_option
def resume(run: str, jobs: int, executor: str, as_json: bool) -> int:
    """Run the trials of RUN that have no valid record yet; finished ones are kept."""
    registry = discover()
    store = RunStore.open(resolve_run(run))
    plan = replan(registry, store)
    code = execute(registry, plan, store, jobs=jobs, executor=executor)
    if not as_json:
        print_text([store])
    print_run(store, as_json=as_json)
    return code


def replan(registry: Registry, store: RunStore) -> Plan:
    """Make the plan of a run again from its lock.

    Raises:
        UsageError: what is installed now is not what the run was planned with.
    """
    lock = store.lock
    missing = [name for name in lock["tasks"] if name not in registry.tasks]
    if missing:
        raise UsageError(f"the run needs tasks that are not installed: {', '.join(missing)}")
    plan = make_plan(
        [registry.tasks[name] for name in lock["tasks"]],
        [_workflow(registry, entry) for entry in lock["workflows"]],
        sandbox=lock["sandbox"],
        repeats=lock["repeats"],
        seed=lock["seed"],
    )
    if plan.digest != lock["plan"]:
        changed = [n for n, t in lock["tasks"].items() if registry.tasks[n].digest != t["digest"]]
        message = f"tasks have changed since the run began ({', '.join(changed)}); start a new run"
        raise UsageError(message)
    return plan


def _workflow(registry: Registry, entry: Mapping[str, Any]) -> Workflow:
    """Make a workflow again, and make sure that it is the one the run began with."""
    spec = entry["source"] or entry["adapter"]
    if not entry["source"] and entry["argument"]:
        spec += f":{entry['argument']}"
    for workflow in registry.workflows(spec):
        if workflow.identity == entry["identity"]:
            return workflow
    message = f"the workflow {entry['name']} has changed since the run began; start a new run"
    raise UsageError(message)
