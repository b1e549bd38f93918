"""`awb transcript`: what an agent and its model said."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from awb_core.cli.common import print_table
from awb_core.errors import AwbError, UsageError
from awb_core.redaction import looks_secret
from awb_core.store import RunStore

if TYPE_CHECKING:
    from awb_core.transcript.model import Transcript

HOW_TO_KEEP = "start the run with `awb run --record-requests` to keep what is said"


@click.command(
    epilog="""\b
Examples:
  awb transcript 6d0c59e2b1f4a7c3e5d8
  awb transcript results/monday/6d0c59e2
  awb transcript 6d0c59e2b1f4a7c3e5d8 --format atif --out trajectory.json
  awb transcript --from-atif trajectory.json"""
)
@click.argument("trial", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "atif", "json"]),
    default="text",
    show_default=True,
    help="To read, as Agent Trajectory Interchange Format v1.7, or as JSON of our own.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; else stdout."
)
@click.option("--attempt", type=click.IntRange(min=1), help="Attempt at the trial; else the last.")
@click.option(
    "--from-atif",
    "source",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Show an ATIF file instead of a trial.",
)
def transcript(
    trial: str | None, format_: str, out: Path | None, attempt: int | None, source: Path | None
) -> int:
    """Show the steps of TRIAL: instructions, answers, tool calls and their outputs.

    TRIAL is an id, or the start of one, if its run is in awb-runs/, else RUN/TRIAL.
    """
    if (trial is None) == (source is None):
        raise UsageError("name a trial, or a file with --from-atif")
    if source is not None:
        _write(_render(_imported(source), format_), out)
        return 0
    assert trial is not None
    store, record = _found(trial)
    session = session_of(record, attempt)
    made = transcript_of(store, record, attempt)
    if made is not None:
        _write(_render(made, format_), out)
        return 0
    _explain_without_bodies(store, session, is_text=format_ == "text" and out is None)
    return 0


def transcript_of(
    store: RunStore, record: Mapping[str, Any], attempt: int | None = None
) -> Transcript | None:
    """Return a trial's transcript; None if its requests were not kept."""
    from awb_core.transcript.recorded import bodies_of, read_exchanges
    from awb_core.transcript.steps import make_transcript

    session = session_of(record, attempt)
    if not session or bodies_of(store.root, session) is None:
        return None
    return make_transcript(
        read_exchanges(store.root, session),
        session=session,
        agent=str(record.get("workflow", "")),
        version=str((record.get("agent") or {}).get("version") or ""),
        secrets=[value for name, value in os.environ.items() if looks_secret(name, value)],
    )


def session_of(record: Mapping[str, Any], attempt: int | None = None) -> str:
    """Return what the gateway calls a trial and its attempt; empty if there was none."""
    last = str(record.get("artifacts") or "").rpartition("/")[2]
    number = str(attempt) if attempt else last
    return f"{record['id']}.{number}" if number else ""


def _found(name: str) -> tuple[RunStore, dict[str, Any]]:
    from awb_core.cli.show import find_trial

    record = find_trial(name)
    if record is None:
        hint = "" if "/" in name else " in awb-runs/; a trial of another run is RUN/TRIAL"
        raise UsageError(f"no trial {name!r}{hint}")
    return RunStore.open(Path(record["folder"]).parents[2]), record


def _imported(path: Path) -> Transcript:
    from awb_core.transcript.atif import read_atif

    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    return read_atif(text, str(path))


def _render(made: Transcript, format_: str) -> str:
    if format_ == "json":
        from awb_core.transcript.atif import dump

        return dump(asdict(made))
    if format_ == "atif":
        from awb_core.transcript.atif import write_atif

        return write_atif(made)
    from awb_core.transcript.text import render_text

    return render_text(made)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise AwbError(f"{out}: cannot be written: {error.strerror}") from error
    click.echo(f"{out}", err=True)


def _explain_without_bodies(store: RunStore, session: str, *, is_text: bool) -> None:
    """Print the requests as a table, where a table is what is wanted.

    Raises:
        UsageError: it is not, or there are no requests.
    """
    from awb_core.transcript.recorded import log_of, request_row

    records = log_of(store.root, session)
    if not records:
        pattern = f"{session.rpartition('.')[0]}.*.jsonl"
        attempts = sorted(path.stem for path in (store.root / "gateway" / "log").glob(pattern))
        known = f"; there are requests of {', '.join(attempts)}" if attempts else ""
        raise UsageError(f"{session}: asked no model, so there is nothing to show{known}")
    message = f"{session}: this run did not keep its requests; {HOW_TO_KEEP}"
    if not is_text:
        raise UsageError(message)
    click.echo(f"{message}. What the log has:", err=True)
    rows = [request_row(record) for record in records]
    print_table(rows, list(rows[0]))
