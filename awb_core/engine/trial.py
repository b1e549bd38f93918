"""One trial: prepare -> agent -> collect -> verify -> score -> record."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from awb_core.engine.agent_phase import AgentEnd, run_agent
from awb_core.engine.services import Services
from awb_core.engine.suspicion import Flag, find_flags
from awb_core.engine.verify import verify
from awb_core.engine.workspaces import Changes, compare, patch_of, restore_protected
from awb_core.errors import AwbError
from awb_core.model import CheckResult, Measurement, OracleFailure, Outcome, Task, Trial
from awb_core.sandbox.workspace import starting_workspace
from awb_core.scoring import Scored, score_checks
from awb_core.scratch import scratch_folder

SCHEMA = 1


@dataclass(kw_only=True)
class _Progress:
    """What a trial has come to so far."""

    end: AgentEnd = field(default_factory=AgentEnd)
    changes: Changes | None = None
    restored: tuple[str, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    scored: Scored | None = None
    flags: tuple[Flag, ...] = ()


def run_trial(trial: Trial, task: Task, services: Services, artifacts: Path) -> dict[str, Any]:
    """Run a trial and return its record; every way it can end is an outcome, never an exception."""
    started, clock = datetime.now(UTC), time.monotonic()
    progress, end = _Progress(), AgentEnd()
    progress.end = end
    with scratch_folder("trial") as scratch:
        finished = Path(scratch, "workspace")
        try:
            with services.agent_slot:
                end.seconds["queue"] = round(time.monotonic() - clock, 4)
                run_agent(trial, task, services, finished, end, f"{trial.id}.{artifacts.name}")
            _keep(artifacts, end)
            if not end.unusable and end.outcome.is_valid:
                waited = time.monotonic()
                with services.verify_slot:
                    end.seconds["queue"] += round(time.monotonic() - waited, 4)
                    _verify_phase(trial, task, services, finished, artifacts, progress)
        except (AwbError, OSError) as error:
            end.outcome, end.note = Outcome.INFRA_ERROR, str(error)
    services.phase(trial, "record")
    seconds = time.monotonic() - clock
    record: dict[str, Any] = _encodable(_record(trial, task, services, progress, started, seconds))
    return record


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
        progress.flags = find_flags(start, finished, progress.changes)
    with services.conditions.around():
        progress.checks = verify(
            task,
            finished,
            oracles=services.oracles,
            provider=services.provider,
            seed=trial.seed,
            run=services.run,
            trial=trial.id,
            conditions=services.conditions,
        )
    failures = [c for c in progress.checks if isinstance(c.measured, OracleFailure)]
    if failures:
        first = failures[0].measured
        progress.end.outcome = Outcome.VERIFIER_ERROR
        progress.end.note = f"{failures[0].check}: {getattr(first, 'reason', '')}"
    else:
        measured = {
            c.check: c.measured for c in progress.checks if isinstance(c.measured, Measurement)
        }
        progress.scored = score_checks(task.checks, measured)
        forged = next((m.tampered for m in measured.values() if m.tampered), "")
        if forged:
            progress.end.outcome, progress.end.note = Outcome.TAMPERED, forged
    progress.end.seconds["verify"] = round(time.monotonic() - clock, 4)


def _keep(artifacts: Path, end: AgentEnd) -> None:
    if end.transcript.output:
        (artifacts / "agent.log").write_bytes(end.transcript.output)
    if end.packages is not None:
        text = json.dumps({"schema": 1, "hosts": end.packages}, indent=2, sort_keys=True)
        (artifacts / "packages.json").write_text(f"{text}\n", "utf-8")


def _record(
    trial: Trial,
    task: Task,
    services: Services,
    progress: _Progress,
    started: datetime,
    seconds: float,
) -> dict[str, Any]:
    end, scored = progress.end, progress.scored
    valid = end.outcome.is_valid
    zero = end.unusable or end.outcome is Outcome.TAMPERED
    status = services.status
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
        "model": trial.workflow.model,
        "outcome": end.outcome.value,
        "cause": end.cause,
        "note": end.note,
        "passed": None if not valid else bool(scored and scored.passed and not zero),
        "score": None if not valid else 0.0 if zero or scored is None else scored.score,
        "progress": None if scored is None or not valid else scored.progress,
        "parts": [] if scored is None else [_plain(part) for part in scored.parts],
        "gates": [] if scored is None else [_plain(gate) for gate in scored.gates],
        "measurements": [_measured(result) for result in progress.checks],
        "seconds": round(seconds, 4),
        "phases": end.seconds,
        "started": started.isoformat(timespec="seconds"),
        "agent": {
            "exit_code": end.transcript.exit_code,
            "steps": len(end.transcript.steps),
            "version": end.transcript.version,
        },
        "usage": end.usage,
        "claims": None if end.transcript.claims is None else dict(end.transcript.claims),
        "claims_differ": end.claims_differ,
        "workspace": {
            "added": list(progress.changes.added) if progress.changes else [],
            "removed": list(progress.changes.removed) if progress.changes else [],
            "modified": list(progress.changes.modified) if progress.changes else [],
            "restored": list(progress.restored),
            "refused": [list(entry) for entry in end.refused],
        },
        "flags": [asdict(flag) for flag in progress.flags],
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
