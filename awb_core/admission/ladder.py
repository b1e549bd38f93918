"""The rules of the ladder: every rung gets its verdict and its score, in strict order, whatever the conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from awb_core.admission.measured import Measured
from awb_core.manifest import STANDARD_RUNGS
from awb_core.model import Rung, Task

SAME = 1e-9
"""Scores of repeats that differ by more are not the same."""
HEADROOM = 0.5
"""Most of its time limit that a check may take on a solution of the ladder."""


def judge_ladder(task: Task, results: Iterable[Measured]) -> tuple[str, ...]:
    """Return every invariant of the ladder that the measurements break."""
    results = tuple(results)
    problems: list[str] = []
    for rung in task.ladder:
        problems += _judge_rung(rung, [r for r in results if r.name == rung.name])
    scores = {
        name: [r.score for r in results if r.name == name and r.score is not None]
        for name in STANDARD_RUNGS
    }
    for lower, upper in pairwise(name for name in STANDARD_RUNGS if scores[name]):
        if not max(scores[lower]) < min(scores[upper]):
            problems.append(
                f"{lower} ({max(scores[lower]):.3f}) must score below {upper} ({min(scores[upper]):.3f})"
            )
    return tuple(problems)


def judge_repeats(task: Task, results: Iterable[Measured]) -> tuple[str, ...]:
    """Return the rungs whose repeats differ, with the conditions that made the difference."""
    results = tuple(results)
    problems: list[str] = []
    for rung in task.ladder:
        mine = [r for r in results if r.name == rung.name and r.score is not None]
        verdicts = {r.verdict: r.conditions for r in mine}
        if len(verdicts) > 1:
            words = " and ".join(
                f"{verdict} ({name})" for verdict, name in sorted(verdicts.items())
            )
            problems.append(f"{rung.name}: repeats differ: {words}")
        # Other grading data may move the score inside its band; the verdict stays.
        same = [r for r in mine if r.conditions != "other seed"]
        if not same:
            continue
        low, high = (pick(same, key=lambda r: r.score or 0.0) for pick in (min, max))
        if (high.score or 0.0) - (low.score or 0.0) > SAME:
            problems.append(
                f"{rung.name}: repeats differ: {low.score:.6f} ({low.conditions})"
                f" to {high.score:.6f} ({high.conditions})"
            )
    return tuple(problems)


def judge_headroom(task: Task, results: Iterable[Measured]) -> tuple[str, ...]:
    """Return the checks that take more than half of their time on the ladder, in a quiet run."""
    limits = {check.id: check.seconds or task.limits.verify_seconds for check in task.checks}
    worst: dict[str, tuple[float, str]] = {}
    for result in results:
        for entry in result.record["measurements"] if result.conditions == "quiet" else ():
            # Waiting for a slot of a busy machine is not the check's: its CPU time is, where it is known.
            cost = entry["cpu_seconds"] or entry["seconds"]
            worst[entry["check"]] = max(worst.get(entry["check"], (0.0, "")), (cost, result.name))
    return tuple(
        f"{check} takes {seconds:.1f} s on {rung}, more than half of its limit of {limits[check]:g} s"
        for check, (seconds, rung) in sorted(worst.items())
        if seconds > HEADROOM * limits[check]
    )


def flake_bound(repeats: int) -> float:
    """Return the 95 % upper bound of the rate of flakes after so many equal repeats (the rule of three)."""
    return min(1.0, 3 / repeats)


def _judge_rung(rung: Rung, results: list[Measured]) -> Iterator[str]:
    for result in [result for result in results if result.score is None][:1]:
        yield f"{rung.name}: {result.record['outcome']}: {result.record['note']}"
    valid = [result for result in results if result.score is not None]
    wrong = {result.verdict for result in valid} - {rung.verdict}
    if wrong:
        yield f"{rung.name}: must {rung.verdict}, got {', '.join(sorted(wrong))}{_why(valid)}"
    low, high = rung.score
    outside = sorted({r.score for r in valid if r.score is not None and not low <= r.score <= high})
    if outside:
        words = ", ".join(f"{score:.3f}" for score in outside)
        yield f"{rung.name}: scores {words}, must lie in [{low:g}, {high:g}]"
    for flag in [flag for r in valid for flag in r.record.get("flags", ())][:1]:
        where = f"{flag['file']}:{flag['line']}"
        yield f"{rung.name}: an honest solution is flagged: {where} {flag['what']}: {flag['text']}"
    if any(result.record["outcome"] == "tampered" for result in valid):
        note = next(r.record["note"] for r in valid if r.record["outcome"] == "tampered")
        yield f"{rung.name}: an honest solution was taken for tampering: {note}"


def _why(results: list[Measured]) -> str:
    gates = sorted({g["check"] for r in results for g in r.record["gates"] if not g["holds"]})
    return f" (gate {', '.join(gates)} does not hold)" if gates else ""
