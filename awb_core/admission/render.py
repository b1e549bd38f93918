"""Say what a check found: for people, as JSON, as JUnit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

from awb_core.admission.gate import RULES, TaskReport
from awb_core.admission.ladder import flake_bound
from awb_core.admission.measured import Measured
from awb_core.admission.mutants import survivors

DETAIL = 1500
"""Characters of an oracle's words that are shown."""


def as_text(report: TaskReport) -> Iterator[str]:
    """Yield the lines of a report."""
    yield f"{report.task}: {'NOT ADMISSIBLE' if report.problems else 'ok'}"
    yield from _ladder(report)
    attacks, wrong = report.of("attack"), report.of("mutant")
    if attacks:
        caught = sum(r.record["outcome"] == "tampered" for r in attacks)
        yield f"  attacks    {len(attacks)} tried, {caught} recorded as tampered"
    if wrong:
        alive = survivors(wrong, _best(report))
        failed = sum(r.verdict == "fail" for r in wrong)
        noticed = sum(r.score is not None for r in wrong) - len(alive)
        yield f"  mutants    {len(wrong)} tried, {failed} fail, {noticed} noticed"
        for result in alive:
            yield f"             survives: {result.name}"
    for rule, problems in report.rules.items():
        for problem in problems:
            yield f"    ! {rule}: {problem}"
    for result in report.results:
        for entry in result.record["measurements"]:
            if "failure" in entry and result.repeat == 1:
                yield f"    {result.kind} {result.name}/{entry['check']}: {entry['failure']}"
                yield "      " + entry["detail"].strip().replace("\n", "\n      ")[-DETAIL:]


def _ladder(report: TaskReport) -> Iterator[str]:
    grouped: dict[str, list[Measured]] = {}
    for result in report.of("rung"):
        grouped.setdefault(result.name, []).append(result)
    for name, results in grouped.items():
        scores = sorted({f"{r.score:.4f}" for r in results if r.score is not None})
        verdicts = sorted({r.verdict for r in results})
        seconds = max(r.record["phases"].get("verify", 0.0) for r in results)
        cpu = max(r.cpu_seconds for r in results)
        values = ", ".join(
            f"{m['check']}={m['value']:.4g}" if "value" in m else f"{m['check']}=?"
            for m in results[0].record["measurements"]
        )
        yield (
            f"  {name:<10} {'/'.join(verdicts):<6} {'/'.join(scores) or '-':<8}"
            f" {seconds:6.1f} s {cpu:6.1f} cpu-s  {values}"
        )
    repeats = max((r.repeat for r in report.of("rung")), default=0)
    if repeats > 1:
        bound = flake_bound(repeats)
        yield f"  repeats    {repeats}: less than {bound:.0%} of gradings flake, at 95 % confidence"


def as_dict(report: TaskReport) -> dict[str, Any]:
    """Return a report as JSON."""
    best = _best(report)
    return {
        "task": report.task,
        "admissible": not report.problems,
        "problems": list(report.problems),
        "rules": {rule: list(problems) for rule, problems in report.rules.items()},
        "rungs": [
            {
                "rung": result.name,
                "repeat": result.repeat,
                "conditions": result.conditions,
                "verdict": result.verdict,
                "score": result.score,
                "seconds": result.record["seconds"],
                "cpu_seconds": result.cpu_seconds,
                "note": result.record["note"],
                "measurements": result.record["measurements"],
            }
            for result in report.of("rung")
        ],
        "known": sum(result.known for result in report.results),
        "equivalent": dict(report.equivalent),
        "attacks": [_loss(result) for result in report.of("attack")],
        "mutants": [
            {**_loss(result), "survives": result in survivors([result], best)}
            for result in report.of("mutant")
        ],
    }


def as_junit(reports: Iterable[TaskReport]) -> str:
    """Return JUnit XML: a suite a task, a case a rule."""
    root = ElementTree.Element("testsuites", name="awb check")
    for report in reports:
        failed = sum(bool(problems) for problems in report.rules.values())
        suite = ElementTree.SubElement(
            root, "testsuite", name=report.task, tests=str(len(report.rules)), failures=str(failed)
        )
        for rule, problems in report.rules.items():
            case = ElementTree.SubElement(
                suite,
                "testcase",
                classname=f"awb.check.{report.task}",
                name=f"{rule}: {RULES[rule]}",
            )
            if problems:
                failure = ElementTree.SubElement(case, "failure", message=problems[0])
                failure.text = "\n".join(problems)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _best(report: TaskReport) -> float:
    return max((r.score or 0.0 for r in report.of("rung") if r.name == "canonical"), default=0.0)


def _loss(result: Measured) -> dict[str, Any]:
    return {
        "name": result.name,
        "verdict": result.verdict,
        "score": result.score,
        "outcome": result.record["outcome"],
        "note": result.record["note"],
        "seconds": result.record["seconds"],
        "cpu_seconds": result.cpu_seconds,
    }
