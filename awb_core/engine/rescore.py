"""Score a record's measurements again with a task's present anchors: pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awb_core.model import Measurement, Outcome, Task
from awb_core.scoring import score_checks


def rescore_record(record: Mapping[str, Any], task: Task) -> dict[str, Any] | None:
    """Return the new verdict and score; None if the task has checks the record did not measure."""
    measured = {
        entry["check"]: Measurement(value=entry["value"], unit=entry["unit"])
        for entry in record["measurements"]
        if "value" in entry
    }
    if any(check.id not in measured for check in task.checks):
        return None
    scored = score_checks(task.checks, measured)
    forged = record["outcome"] == Outcome.TAMPERED
    return {
        "passed": scored.passed and not forged,
        "score": 0.0 if forged else scored.score,
        "progress": scored.progress,
        "task_digest": task.digest,
    }
