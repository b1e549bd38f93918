"""`awb status`: how far a run has come."""

from __future__ import annotations

from collections import Counter

import click

from awb_core.cli.common import json_option, print_json
from awb_core.cli.execution import resolve_run
from awb_core.model import Outcome
from awb_core.store import RunStore


@click.command(epilog="\b\nExample:\n  awb status latest")
@click.argument("run")
@json_option
def status(run: str, as_json: bool) -> int:
    """Print how many trials of RUN ended how; exit 1 if trials are missing or invalid."""
    store = RunStore.open(resolve_run(run))
    planned = store.lock["trials"]
    records = list(store.records())
    outcomes = Counter(record["outcome"] for record in records)
    invalid = [r for r in records if not Outcome(r["outcome"]).is_valid]
    left = len(planned) - len(records)
    if as_json:
        print_json(
            {
                "run": str(store.root),
                "planned": len(planned),
                "done": len(records),
                "left": left,
                "passed": sum(bool(record["passed"]) for record in records),
                "outcomes": dict(outcomes),
                "invalid": [
                    {k: r[k] for k in ("id", "task", "workflow", "outcome", "note")}
                    for r in invalid
                ],
            }
        )
    else:
        click.echo(f"{store.root}: {len(records)} of {len(planned)} trials done")
        for outcome, count in sorted(outcomes.items()):
            click.echo(f"  {outcome:<16} {count}")
        for record in invalid:
            click.echo(
                f"  {record['task']} {record['workflow']}: {record['outcome']}: {record['note']}"
            )
        if left or invalid:
            click.echo(f"Continue: awb resume {store.root}")
    return 1 if left or invalid else 0
