"""The drill-down of the page: trials of a cell, their checks, evidence and diff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from awb_core.analysis.matrix import Matrix
from awb_core.report.html_transcript import render_transcript

ITEMS_SHOWN = 40
PATCH_CHARACTERS = 20_000


def render_details(matrix: Matrix) -> str:
    """Return a section a workflow, with a fold for each of its cells."""
    return "<section>\n<h2>Trials</h2>\n" + "".join(_rows(matrix)) + "</section>\n"


def _rows(matrix: Matrix) -> Iterator[str]:
    for row in matrix.rows:
        yield f"<h3>{escape(row.name)}</h3>\n"
        for dimension, title in matrix.dimensions:
            trials = [
                trial
                for trial in sorted(matrix.trials, key=lambda t: (t["task"], t["repeat"]))
                if trial["workflow_identity"] == row.identity and trial["dimension"] == dimension
            ]
            if trials:
                yield f"<details><summary>{escape(title)}: {_summary(trials)}</summary>\n"
                # Inside the fold, so that a browser opens the fold when a cell is followed.
                yield f'<div id="c-{row.identity[:10]}-{escape(dimension)}">'
                yield from (piece for trial in trials for piece in _trial(trial))
                yield "</div></details>\n"


def _summary(trials: list[Mapping[str, Any]]) -> str:
    passed = sum(bool(trial["passed"]) for trial in trials)
    invalid = sum(trial["score"] is None for trial in trials)
    words = f"{passed} of {len(trials)} trials passed"
    return words + (f", {invalid} invalid" if invalid else "")


def _trial(trial: Mapping[str, Any]) -> Iterator[str]:
    verdict = "invalid" if trial["score"] is None else "pass" if trial["passed"] else "fail"
    score = "" if trial["score"] is None else f" {trial['score']:.3f}"
    yield f'<article><h4><span class="{verdict}">{verdict}{score}</span> {escape(trial["task"])} '
    yield f"#{trial['repeat']}</h4>\n<p>{escape(trial.get('title', ''))}</p>\n"
    yield f"<p>{escape(trial['outcome'])}"
    if trial["note"]:
        yield f": {escape(trial['note'][:500])}"
    yield f" &middot; {trial['seconds']:.1f} s &middot; trial <code>{escape(trial['id'])}</code></p>\n"
    yield from _usage(trial)
    yield "<table><thead><tr><th>check</th><th>role</th><th>measured</th><th>progress</th>"
    yield "<th>evidence</th></tr></thead><tbody>\n"
    for entry in trial["measurements"]:
        yield from _check(trial, entry)
    yield "</tbody></table>\n"
    yield from _workspace(trial)
    if trial.get("transcript") is not None:
        yield from render_transcript(trial["transcript"])
    yield "</article>\n"


def _usage(trial: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the gateway measured, and where the tool's own figures differ."""
    usage = trial.get("usage")
    if not usage:
        return
    mark = "&gt;= " if usage.get("is_lower_bound") else ""
    cost = "price unknown"
    if usage["cost_usd"] is not None:
        cost = f"{mark}${float(usage['cost_usd']):.4f}"
    yield f"<p>{escape(trial['agent'].get('version', ''))} &middot; {usage['requests']} requests, "
    yield f"{mark}{usage['tokens'].get('input_tokens', 0):,} tokens in, "
    yield f"{mark}{usage['tokens'].get('output_tokens', 0):,} out, {cost}, "
    yield f"{usage['model_wait_seconds']:.1f} s waiting for {escape(', '.join(usage['models']))}"
    for name, difference in trial.get("claims_differ", {}).items():
        yield f"; the tool claims {difference:+g} {escape(name)}"
    yield "</p>\n"


def _check(trial: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[str]:
    name = entry["check"]
    part = next((p for p in trial["parts"] if p["check"] == name), None)
    gate = next((g for g in trial["gates"] if g["check"] == name), None)
    role = part["role"] if part else "gate" if gate else "&ndash;"
    if "failure" in entry:
        yield f"<tr><td>{escape(name)}</td><td>{role}</td><td colspan=3>could not judge: "
        yield f"{escape(entry['failure'][:500])}</td></tr>\n"
        return
    reached = (
        f"{part['progress']:.2f}" if part else ("holds" if gate and gate["holds"] else "broken")
    )
    yield f"<tr><td>{escape(name)}</td><td>{role}</td><td>{entry['value']:.4g} {escape(entry['unit'])}</td>"
    yield f"<td>{reached}</td><td>{_evidence(entry)}</td></tr>\n"


def _evidence(entry: Mapping[str, Any]) -> str:
    items = entry["items"]
    lost = [item for item in items if item["credit"] < 1]
    words = escape(entry["note"][:300])
    if not items:
        return words
    head = f"{len(items) - len(lost)} of {len(items)} items in full"
    if not lost:
        return f"{words} {head}".strip()
    shown = "".join(
        f"<li><code>{escape(item['id'][:120])}</code> {item['credit']:.2g} {escape(item['note'][:160])}</li>"
        for item in lost[:ITEMS_SHOWN]
    )
    more = f"<li>and {len(lost) - ITEMS_SHOWN} more</li>" if len(lost) > ITEMS_SHOWN else ""
    return f"{words} <details><summary>{head}</summary><ul>{shown}{more}</ul></details>"


def _workspace(trial: Mapping[str, Any]) -> Iterator[str]:
    changes = trial["workspace"]
    if changes["restored"]:
        names = ", ".join(escape(name) for name in changes["restored"][:10])
        yield f"<p>Protected files restored: {names}</p>\n"
    if changes["refused"]:
        names = ", ".join(f"{escape(n)} ({escape(why)})" for n, why in changes["refused"][:10])
        yield f"<p>Left out of the workspace: {names}</p>\n"
    if trial.get("flags"):
        lines = "".join(
            f"<li><code>{escape(flag['file'])}:{flag['line']}</code> {escape(flag['what'])}"
            f" <code>{escape(flag['text'][:160])}</code></li>"
            for flag in trial["flags"]
        )
        yield f"<p>Lines that look like an attempt on the judge:</p><ul>{lines}</ul>\n"
    patch = trial.get("patch", "")
    if not patch:
        return
    count = sum(len(changes[kind]) for kind in ("added", "removed", "modified"))
    files = "1 file" if count == 1 else f"{count} files"
    yield f"<details><summary>Diff: {files}</summary><pre>"
    yield "".join(_diff_line(line) for line in patch[:PATCH_CHARACTERS].splitlines())
    if len(patch) > PATCH_CHARACTERS:
        yield f"... {len(patch) - PATCH_CHARACTERS} more characters in the run's folder"
    yield "</pre></details>\n"


def _diff_line(line: str) -> str:
    kind = {"+": "add", "-": "del", "@": "at"}.get(line[:1])
    text = escape(line)
    return f'<span class="{kind}">{text}</span>\n' if kind else text + "\n"
