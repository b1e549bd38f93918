"""`ADMISSION.json`: what was proven of a pack's tasks, bound to their content, stored with the pack."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from awb_core.admission.gate import TaskReport
from awb_core.admission.ladder import flake_bound
from awb_core.admission.mutants import survivors
from awb_core.errors import AwbError
from awb_core.model import Pack, Task, digest_of
from awb_core.store import write_whole

FILE = "ADMISSION.json"
SCHEMA = 1


def certify(
    pack: Pack, reports: Iterable[TaskReport], *, sandbox: str, signed_off_by: str
) -> dict[str, Any]:
    """Return the certificate of a pack; tasks that are not admissible are left out of it.

    `digest` is over everything else in it, so an edit shows; each task is bound to its own digest, so a certificate
    says nothing about a task that was changed since.
    """
    tasks = {task.id: task for task in pack.tasks}
    body = {
        "schema": SCHEMA,
        "pack": pack.name,
        "version": pack.version,
        "core": version("awb-core"),
        "date": datetime.now(UTC).date().isoformat(),
        "signed_off_by": signed_off_by,
        "tasks": {
            report.task: _proof(tasks[report.task], report, sandbox)
            for report in reports
            if report.task in tasks and not report.problems
        },
    }
    return {**body, "digest": digest_of(body)}


def write_certificate(pack: Pack, certificate: Mapping[str, Any]) -> Path:
    """Write the certificate into the pack's folder.

    Raises:
        AwbError: it cannot be written.
    """
    place = pack.root / FILE
    text = json.dumps(certificate, indent=2, sort_keys=True) + "\n"
    try:
        write_whole(place, text.encode())
    except OSError as error:
        message = f"{place}: cannot be written: {error.strerror}; check an editable installation"
        raise AwbError(message) from error
    return place


def admission_of(pack: Pack, task: Task) -> dict[str, Any] | None:
    """Return what the pack's certificate says of a task; None unless it is whole and fits the task as it is."""
    try:
        found = json.loads((pack.root / FILE).read_text("utf-8"))
        body = {key: value for key, value in found.items() if key != "digest"}
        proof = found["tasks"][task.id]
        if found["digest"] != digest_of(body) or proof["digest"] != task.digest:
            return None
        return {**proof, "date": found["date"], "signed_off_by": found["signed_off_by"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _proof(task: Task, report: TaskReport, sandbox: str) -> dict[str, Any]:
    rungs, wrong = report.of("rung"), report.of("mutant")
    repeats = max((r.repeat for r in rungs), default=0)
    best = max((r.score or 0.0 for r in rungs if r.name == "canonical"), default=0.0)
    alive = survivors(wrong, best)
    return {
        "digest": task.digest,
        "sandbox": sandbox,
        "rules": sorted(report.rules),
        "repeats": repeats,
        "conditions": sorted({r.conditions for r in rungs}),
        "flake_rate_below": round(flake_bound(repeats), 4),
        "ladder": {r.name: [r.verdict, round(r.score or 0.0, 4)] for r in rungs if r.repeat == 1},
        "attacks": {
            "tried": len(report.of("attack")),
            "tampering_detected": Counter(
                r.record["outcome"] == "tampered" for r in report.of("attack")
            )[True],
        },
        "mutants": {
            "tried": len(wrong),
            "failed": sum(r.verdict == "fail" for r in wrong),
            "noticed": len(wrong) - len(alive),
            "survivors": [r.name for r in alive],
            "equivalent": dict(report.equivalent),
        },
    }
