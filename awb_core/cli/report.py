"""`awb report`: the capability gap matrix."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from awb_core.cli.execution import resolve_run
from awb_core.cli.transcript import transcript_of
from awb_core.errors import AwbError, UsageError
from awb_core.registry import Registry, discover
from awb_core.store import RunStore
from awb_core.validation import did_you_mean

PATCH_LIMIT = 64 << 10


@click.command(
    epilog="""\b
Examples:
  awb report latest
  awb report latest --format html --open
  awb report run-a run-b --format csv --out gaps.csv"""
)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option(
    "--format",
    "format_",
    default="text",
    show_default=True,
    help="text, html, json, csv, markdown, junit, or one a plugin provides.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; stdout otherwise (html: RUN/report.html).",
)
@click.option("--open", "open_", is_flag=True, help="Open the file in a browser.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def report(
    runs: tuple[str, ...], format_: str, out: Path | None, open_: bool, as_json: bool
) -> int:
    """Aggregate the trials of one or more RUNs, each a folder, a name in awb-runs/, or `latest`."""
    registry = discover()
    format_ = "json" if as_json else format_
    reporter = registry.reporters.get(format_)
    if reporter is None:
        near = did_you_mean(format_, registry.reporters)
        known = ", ".join(registry.reporters)
        raise UsageError(f"unknown format {format_!r}{near}; known are: {known}")
    stores = [RunStore.open(resolve_run(run)) for run in runs]
    if format_ == "text" and out is None:
        print_text(stores, registry)
        return 0
    document = reporter.render(load_matrix(stores, registry, patches=format_ == "html"))
    if out is None and format_ == "html":
        out = stores[0].root / "report.html"
    if out is None:
        click.echo(document, nl=False)
        return 0
    try:
        out.write_text(document, "utf-8")
    except OSError as error:
        raise AwbError(f"{out}: cannot be written: {error.strerror}") from error
    click.echo(f"{out}", err=True)
    if open_:
        webbrowser.open(out.resolve().as_uri())
    return 0


def print_text(stores: Iterable[RunStore], registry: Registry | None = None) -> None:
    """Print the heat map, in colour on a terminal."""
    from awb_core.report.text import render_text

    matrix = load_matrix(stores, registry or discover())
    if not matrix.trials:
        click.echo("no trial has a record yet", err=True)
        return
    click.echo(render_text(matrix, colours=sys.stdout.isatty()), nl=False)


def load_matrix(stores: Iterable[RunStore], registry: Registry, *, patches: bool = False) -> Any:
    """Read the records of runs, with their rescored values, and build the matrix."""
    from awb_core.analysis.build import build_matrix

    records: dict[str, dict[str, Any]] = {}
    locks = []
    for store in stores:
        locks.append(store.lock)
        scores = store.scores()
        for record in store.records():
            if record["id"] in scores:
                record |= scores[record["id"]]
            if patches:
                record["patch"] = _patch(store, record)
                record["transcript"] = transcript_of(store, record)
            records.setdefault(record["id"], record)
    titles = {name: dimension.title for name, dimension in registry.dimensions.items()}
    return build_matrix(records.values(), dimensions=titles, runs=locks)


def _patch(store: RunStore, record: dict[str, Any]) -> str:
    path = store.root / "artifacts" / record.get("artifacts", "-") / "patch.diff"
    try:
        with path.open("rb") as stream:
            return str(stream.read(PATCH_LIMIT), "utf-8", "replace")
    except OSError:
        return ""
