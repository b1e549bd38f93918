"""`awb rescore`: score a run's measurements again."""

from __future__ import annotations

from typing import Any

import click

from awb_core.cli.common import json_option, print_json
from awb_core.cli.execution import resolve_run
from awb_core.engine.rescore import rescore_record
from awb_core.model import Outcome
from awb_core.registry import discover
from awb_core.store import RunStore


@click.command(epilog="\b\nExample:\n  awb rescore latest --dry-run")
@click.argument("run")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@json_option
def rescore(run: str, dry_run: bool, as_json: bool) -> int:
    """Score the measurements of RUN with the anchors and weights of the tasks as installed now.

    Records stay as they are; the new scores lie beside them and are what reports use.
    """
    registry = discover()
    store = RunStore.open(resolve_run(run))
    scores: dict[str, Any] = {}
    changed: list[dict[str, Any]] = []
    skipped: list[str] = []
    for record in store.records():
        task = registry.tasks.get(record["task"])
        if not Outcome(record["outcome"]).is_valid or not record["measurements"]:
            continue
        scored = rescore_record(record, task) if task else None
        if scored is None:
            skipped.append(record["id"])
            continue
        scores[record["id"]] = scored
        if (scored["passed"], scored["score"]) != (record["passed"], record["score"]):
            before = {"passed": record["passed"], "score": record["score"]}
            changed.append(
                {
                    "id": record["id"],
                    "task": record["task"],
                    "workflow": record["workflow"],
                    "before": before,
                    "after": {k: scored[k] for k in before},
                }
            )
    if not dry_run:
        store.write_scores(scores)
    if as_json:
        print_json({"run": str(store.root), "changed": changed, "skipped": skipped})
        return 0
    for entry in changed:
        click.echo(
            f"{entry['task']} {entry['workflow']}: {entry['before']['score']:.3f} ->"
            f" {entry['after']['score']:.3f}"
        )
    click.echo(f"{len(scores)} trials scored again, {len(changed)} changed, {len(skipped)} skipped")
    return 0
