"""What one measurement of an admission came to, and the jobs that make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from awb_core.model import Task, Workflow

Kind = Literal["rung", "attack", "mutant"]

KEPT = ("outcome", "note", "passed", "score", "gates", "measurements", "seconds", "phases", "flags")
"""The parts of a trial's record that rules look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One trial of an admission, not yet run."""

    task: Task
    kind: Kind
    name: str
    """The rung, the attack or the mutant."""
    workflow: Workflow
    repeat: int = 1
    identity: str = ""
    """Digest of what the trial depends on beside the task and the core, for example the attack's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a trial of an admission came to."""

    task: str
    kind: Kind
    name: str
    repeat: int
    conditions: str
    record: Mapping[str, Any]
    known: bool = False
    """Whether an earlier check measured it, and nothing has changed since."""

    @property
    def score(self) -> float | None:
        """The score; None if the trial was invalid."""
        return self.record["score"]  # type: ignore[no-any-return]

    @property
    def verdict(self) -> str:
        """`pass`, `fail`, or the outcome of an invalid trial."""
        passed = self.record["passed"]
        return str(self.record["outcome"]) if passed is None else "pass" if passed else "fail"

    @property
    def values(self) -> dict[str, float]:
        """What each check measured."""
        return {m["check"]: m["value"] for m in self.record["measurements"] if "value" in m}

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all checks."""
        return sum(m["cpu_seconds"] or 0.0 for m in self.record["measurements"])

    def as_dict(self) -> dict[str, Any]:
        """Return what a later check may take over."""
        return asdict(self)


def measured(job: Job, conditions: str, record: Mapping[str, Any]) -> Measured:
    """Keep of a record what rules look at; items only where they are needed, for there may be thousands."""
    kept = {key: record[key] for key in KEPT if key in record}
    if job.kind != "rung" or job.repeat > 1:
        kept["measurements"] = [{**m, "items": []} for m in record["measurements"]]
    return Measured(
        task=job.task.id,
        kind=job.kind,
        name=job.name,
        repeat=job.repeat,
        conditions=conditions,
        record=kept,
    )
