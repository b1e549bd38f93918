"""One trial: prepare -> agent -> collect -> verify -> score -> record."""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from awb_core.engine.verify import GRACE_SECONDS, verify
from awb_core.engine.workspaces import Changes, compare, patch_of, restore_protected
from awb_core.errors import AwbError
from awb_core.model import CheckResult, Measurement, OracleFailure, Outcome, Task, Trial
from awb_core.protocols import (
    Adapter,
    AgentSession,
    Oracle,
    SandboxProvider,
    SandboxSpec,
    SandboxStatus,
    Transcript,
)
from awb_core.sandbox.archive import Refused
from awb_core.sandbox.workspace import solved_workspace, starting_workspace
from awb_core.scoring import Scored, score_checks

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a trial needs, handed in."""

    adapters: Mapping[str, Adapter]
    oracles: Mapping[str, Oracle]
    provider: SandboxProvider
    status: SandboxStatus
    """What the sandbox isolates here, for the records."""
    agent_slot: AbstractContextManager[object]
    verify_slot: AbstractContextManager[object]
    """Verification of finished trials overlaps with agents that are still running."""
    phase: Callable[[Trial, str], None]
    """Told which phase a trial is in."""
    run: str = ""


@dataclass(kw_only=True)
class _Progress:
    """What a trial has come to so far."""

    outcome: Outcome = Outcome.FINISHED
    note: str = ""
    transcript: Transcript | None = None
    changes: Changes | None = None
    refused: tuple[tuple[str, str], ...] = ()
    restored: tuple[str, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    scored: Scored | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    unusable: bool = False
    """The workspace could not be collected for a reason that is the workflow's."""


def run_trial(trial: Trial, task: Task, services: Services, artifacts: Path) -> dict[str, Any]:
    """Run a trial and return its record; every way it can end is an outcome, never an exception."""
    started, clock = datetime.now(UTC), time.monotonic()
    progress = _Progress()
    with tempfile.TemporaryDirectory(prefix="awb-trial-") as scratch:
        finished = Path(scratch, "workspace")
        try:
            with services.agent_slot:
                _agent_phase(trial, task, services, finished, progress)
            _keep(artifacts, progress)
            if not progress.unusable and progress.outcome.is_valid:
                with services.verify_slot:
                    _verify_phase(trial, task, services, finished, artifacts, progress)
        except (AwbError, OSError) as error:
            progress.outcome, progress.note = Outcome.INFRA_ERROR, str(error)
    services.phase(trial, "record")
    seconds = time.monotonic() - clock
    record: dict[str, Any] = _encodable(_record(trial, task, services, progress, started, seconds))
    return record


def _agent_phase(
    trial: Trial, task: Task, services: Services, finished: Path, progress: _Progress
) -> None:
    services.phase(trial, "prepare")
    clock = time.monotonic()
    start = starting_workspace(task)
    services.provider.prepare(task.environment, lambda _: None)
    adapter = services.adapters[trial.workflow.adapter]
    spec = SandboxSpec(
        run=services.run,
        trial=trial.id,
        phase="agent",
        environment=task.environment,
        limits=task.limits,
        seconds=task.limits.agent_seconds + GRACE_SECONDS,
        network="open" if task.limits.network == "open" else "none",
    )
    with services.provider.open(spec) as sandbox:
        sandbox.put(start)
        clock = _lap(progress, "prepare", clock)
        services.phase(trial, "agent")
        session = AgentSession(
            brief=task.brief,
            workflow=trial.workflow,
            sandbox=sandbox,
            start=start,
            solution=partial(solved_workspace, task) if adapter.privileged else None,
        )
        try:
            transcript = adapter.run(session)
        except AwbError:
            raise
        except Exception as error:  # noqa: BLE001 - an adapter is third-party code
            transcript = Transcript(
                outcome=Outcome.INFRA_ERROR, note=f"the adapter raised {error!r}"
            )
        progress.transcript = transcript
        progress.outcome, progress.note = transcript.outcome, transcript.note
        clock = _lap(progress, "agent", clock)
        services.phase(trial, "collect")
        try:
            progress.refused = sandbox.collect(finished, task.limits).refused
        except Refused as error:
            progress.outcome, progress.unusable = Outcome.AGENT_ERROR, True
            progress.note = f"the workspace cannot be collected: {error}"
    _lap(progress, "collect", clock)


def _verify_phase(
    trial: Trial,
    task: Task,
    services: Services,
    finished: Path,
    artifacts: Path,
    progress: _Progress,
) -> None:
    services.phase(trial, "verify")
    clock = time.monotonic()
    start = starting_workspace(task)
    progress.restored = restore_protected(start, finished, task.workspace.protected)
    progress.changes = compare(start, finished)
    if progress.changes:
        patch = patch_of(start, finished, progress.changes)
        (artifacts / "patch.diff").write_text(patch, "utf-8")
    progress.checks = verify(
        task,
        finished,
        oracles=services.oracles,
        provider=services.provider,
        seed=trial.seed,
        run=services.run,
        trial=trial.id,
    )
    failures = [c for c in progress.checks if isinstance(c.measured, OracleFailure)]
    if failures:
        first = failures[0].measured
        progress.outcome = Outcome.VERIFIER_ERROR
        progress.note = f"{failures[0].check}: {getattr(first, 'reason', '')}"
    else:
        measured = {
            c.check: c.measured for c in progress.checks if isinstance(c.measured, Measurement)
        }
        progress.scored = score_checks(task.checks, measured)
        forged = next((m.tampered for m in measured.values() if m.tampered), "")
        if forged:
            progress.outcome, progress.note = Outcome.TAMPERED, forged
    _lap(progress, "verify", clock)


def _lap(progress: _Progress, phase: str, clock: float) -> float:
    now = time.monotonic()
    progress.seconds[phase] = round(now - clock, 4)
    return now


def _keep(artifacts: Path, progress: _Progress) -> None:
    if progress.transcript and progress.transcript.output:
        (artifacts / "agent.log").write_bytes(progress.transcript.output)


def _record(
    trial: Trial,
    task: Task,
    services: Services,
    progress: _Progress,
    started: datetime,
    seconds: float,
) -> dict[str, Any]:
    valid = progress.outcome.is_valid
    scored = progress.scored
    zero = progress.unusable or progress.outcome is Outcome.TAMPERED
    status = services.status
    transcript = progress.transcript
    return {
        "schema": SCHEMA,
        "id": trial.id,
        "run": services.run,
        "task": task.id,
        "task_digest": task.digest,
        "title": task.title,
        "pack": task.pack,
        "dimension": task.dimension,
        "workflow": trial.workflow.name,
        "workflow_identity": trial.workflow.identity,
        "adapter": trial.workflow.adapter,
        "factors": dict(trial.workflow.factors),
        "repeat": trial.repeat,
        "seed": trial.seed,
        "outcome": progress.outcome.value,
        "note": progress.note,
        "passed": None if not valid else bool(scored and scored.passed and not zero),
        "score": None if not valid else 0.0 if zero or scored is None else scored.score,
        "progress": None if scored is None or not valid else scored.progress,
        "parts": [] if scored is None else [_plain(part) for part in scored.parts],
        "gates": [] if scored is None else [_plain(gate) for gate in scored.gates],
        "measurements": [_measured(result) for result in progress.checks],
        "seconds": round(seconds, 4),
        "phases": progress.seconds,
        "started": started.isoformat(timespec="seconds"),
        "agent": {
            "exit_code": transcript.exit_code if transcript else None,
            "steps": len(transcript.steps) if transcript else 0,
        },
        "workspace": {
            "added": list(progress.changes.added) if progress.changes else [],
            "removed": list(progress.changes.removed) if progress.changes else [],
            "modified": list(progress.changes.modified) if progress.changes else [],
            "restored": list(progress.restored),
            "refused": [list(entry) for entry in progress.refused],
        },
        "sandbox": {"name": services.provider.name, **dict(status.facts)},
        "protections": dict(status.protections),
        "host": {"python": platform.python_version(), "machine": platform.machine()},
    }


def _encodable(value: Any) -> Any:
    """Escape what UTF-8 cannot hold: half a surrogate pair of an answer may stand in a judge's note."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, Mapping):
        return {key: _encodable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encodable(item) for item in value]
    return value


def _plain(value: Any) -> dict[str, Any]:
    return {key: getattr(item, "value", item) for key, item in asdict(value).items()}


def _measured(result: CheckResult) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "check": result.check,
        "seconds": round(result.seconds, 4),
        "cpu_seconds": None if result.cpu_seconds is None else round(result.cpu_seconds, 4),
    }
    if isinstance(result.measured, OracleFailure):
        return {**entry, "failure": result.measured.reason, "detail": result.measured.detail}
    return {
        **entry,
        "value": result.measured.value,
        "unit": result.measured.unit,
        "note": result.measured.note,
        "items": [asdict(item) for item in result.measured.items],
    }
