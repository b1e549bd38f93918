"""The `findings` oracle: a SARIF report against seeded facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awb_core.model import Item, Measurement, OracleFailure
from awb_core.protocols import OracleContext

REPORT_BYTES = 8 << 20
MOST_RESULTS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of a report, or one seeded fact."""

    rules: frozenset[str]
    file: str
    line: int
    end_line: int
    id: str = ""


class FindingsOracle:
    """F-beta of a report's results against facts; a result that meets no fact counts against precision."""

    name = "findings"
    summary = "a SARIF report against seeded facts and decoys; F-beta"
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["report", "facts"],
        "properties": {
            "report": {"type": "string", "description": "The report, in the workspace."},
            "facts": {"type": "string", "description": "JSON file in tests/: facts and decoys."},
            "beta": {
                "type": "number",
                "exclusiveMinimum": 0,
                "description": "Weight of recall; 1 by default.",
            },
            "line_window": {
                "type": "integer",
                "minimum": 0,
                "description": "Lines a result may be off; 5 by default.",
            },
        },
    }

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Match results and facts."""
        options = context.check.options
        try:
            document = json.loads((context.tests / options["facts"]).read_text("utf-8"))
            facts = [_fact(entry) for entry in document["facts"]]
            decoys = [_fact(entry) for entry in document.get("decoys", ())]
        except (OSError, ValueError, KeyError, TypeError) as error:
            return OracleFailure(reason="the facts cannot be read", detail=repr(error))
        results, note = _read_report(context.workspace / options["report"])
        return _compare(
            results, facts, decoys, options.get("line_window", 5), options.get("beta", 1.0), note
        )


def _compare(
    results: Iterable[Finding],
    facts: list[Finding],
    decoys: list[Finding],
    window: int,
    beta: float,
    note: str,
) -> Measurement:
    found: set[str] = set()
    fooled: set[str] = set()
    false = 0
    for result in results:
        hits = [fact.id for fact in facts if _meets(result, fact, window)]
        if hits:
            # One result names one fact: the first that nobody named yet; repeating a fact is neutral.
            found.update([next((hit for hit in hits if hit not in found), hits[0])])
            continue
        false += 1
        fooled.update(decoy.id for decoy in decoys if _meets(result, decoy, window))
    items = [Item(id=fact.id, credit=float(fact.id in found)) for fact in facts]
    items += [Item(id=d.id, credit=float(d.id not in fooled), weight=0.0) for d in decoys]
    weight = beta * beta
    total = (1 + weight) * len(found) + weight * (len(facts) - len(found)) + false
    value = (1 + weight) * len(found) / total if total else 0.0
    words = f"{len(found)} of {len(facts)} facts, {false} false results, {len(fooled)} decoys"
    return Measurement(value=value, items=tuple(items), note=note or words)


def _meets(result: Finding, fact: Finding, window: int) -> bool:
    return (
        result.file == fact.file
        and bool(result.rules & fact.rules)
        and result.line <= fact.end_line + window
        and result.end_line >= fact.line - window
        # A result that spans a whole file names nothing.
        and result.end_line - result.line <= (fact.end_line - fact.line) + 4 * window
    )


def _read_report(path: Path) -> tuple[list[Finding], str]:
    """Read a report as hostile data; results that are not of the right form are dropped."""
    try:
        if path.is_symlink() or path.stat().st_size > REPORT_BYTES:
            return [], "the report is a link or too large"
        document = json.loads(path.read_text("utf-8"))
        runs = document["runs"]
        results = [result for run in runs for result in run.get("results", ())]
    except FileNotFoundError:
        return [], "there is no report"
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [], "the report is not SARIF"
    findings = (_result(entry) for entry in results[:MOST_RESULTS])
    return [finding for finding in findings if finding is not None], ""


def _result(entry: Any) -> Finding | None:
    try:
        place = entry["locations"][0]["physicalLocation"]
        region = place["region"]
        line = int(region["startLine"])
        return Finding(
            rules=frozenset({_rule(entry.get("ruleId") or entry["rule"]["id"])}),
            file=_path(place["artifactLocation"]["uri"]),
            line=line,
            end_line=int(region.get("endLine", line)),
        )
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return None


def _fact(entry: Mapping[str, Any]) -> Finding:
    return Finding(
        id=entry["id"],
        rules=frozenset(_rule(rule) for rule in entry["rules"]),
        file=_path(entry["file"]),
        line=int(entry["line"]),
        end_line=int(entry.get("end_line", entry["line"])),
    )


def _rule(value: Any) -> str:
    return str(value).strip().upper()


def _path(value: Any) -> str:
    text = str(value).removeprefix("file://").lstrip("/").removeprefix("work/")
    return text.removeprefix("./")
