"""`awb run`: run workflows on tasks."""

from __future__ import annotations

import os
from pathlib import Path

import click

from awb_core.cli.common import (
    default_sandbox,
    executor_option,
    json_option,
    select_tasks,
    selection_options,
)
from awb_core.cli.execution import (
    execute,
    new_run_folder,
    print_run,
    recording_of,
    require_sandbox,
    start,
)
from awb_core.cli.gateway import read_prices, require_keys
from awb_core.cli.report import print_text
from awb_core.cli.workflows import warn
from awb_core.registry import discover


@click.command(
    epilog="""\b
Examples:
  awb run -w noop -w reference:canonical --sandbox local
  awb run -w workflows/team.toml -w codex:gpt-5.5 --budget 20
  awb run -w command:./agent.sh --pack awb-pack-debugging --repeats 3
  awb run -w reference --task 'dbg-*' --json"""
)
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
@click.option(
    "--jobs",
    default=os.cpu_count() or 1,
    show_default="number of cores",
    type=click.IntRange(1),
    help="Workflows at work side by side.",
)
@click.option("--sandbox", help="docker or local; docker where a daemon answers.")
@click.option("--seed", default=0, show_default=True, help="Seed of the grading data.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of the run; awb-runs/<time> otherwise."
)
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    metavar="USD",
    help="Most that the whole run may spend on models.",
)
@click.option(
    "--prices",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Prices of models that the list lacks or has wrong, in TOML.",
)
@click.option(
    "--record-requests",
    is_flag=True,
    help="Keep every model request and answer, for transcripts and replay.",
)
@click.option(
    "--replay",
    metavar="RUN",
    help="Answer model requests from those that RUN recorded, without a provider.",
)
@click.option("--unsafe-local", is_flag=True, help="Run code of third parties without isolation.")
@executor_option
@json_option
def run(
    workflows: tuple[str, ...],
    tasks: tuple[str, ...],
    dimensions: tuple[str, ...],
    packs: tuple[str, ...],
    repeats: int,
    jobs: int,
    sandbox: str | None,
    seed: int,
    out: Path | None,
    budget: float | None,
    prices: Path | None,
    record_requests: bool,
    replay: str | None,
    unsafe_local: bool,
    executor: str,
    as_json: bool,
) -> int:
    """Run each workflow on each chosen task and print the gap matrix.

    A run that stops for any reason goes on with `awb resume`.
    """
    registry = discover()
    chosen = select_tasks(registry, packs=packs, dimensions=dimensions, tasks=tasks)
    wanted = [workflow for spec in workflows for workflow in registry.workflows(spec)]
    warn(wanted)
    recorded = recording_of(replay) if replay else None
    if recorded is None:
        require_keys(wanted, registry.adapters)
    name = default_sandbox(registry, sandbox)
    require_sandbox(registry, name, wanted, unsafe=unsafe_local)
    plan, store = start(
        registry,
        chosen,
        wanted,
        sandbox=name,
        repeats=repeats,
        seed=seed,
        out=out or new_run_folder(),
        budget_usd=budget,
        prices=read_prices(prices) if prices else None,
        record_requests=record_requests,
        replay=recorded,
    )
    code = execute(registry, plan, store, jobs=jobs, executor=executor)
    if not as_json:
        print_text([store])
    print_run(store, as_json=as_json)
    return code
