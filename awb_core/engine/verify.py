"""Apply a task's checks to a finished workspace, each in a fresh offline sandbox."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from awb_core.engine.conditions import QUIET, Conditions
from awb_core.errors import AwbError
from awb_core.model import Check, CheckResult, Measurement, OracleFailure, Task
from awb_core.protocols import (
    Command,
    CommandResult,
    Oracle,
    OracleContext,
    Sandbox,
    SandboxProvider,
    SandboxSpec,
)
from awb_core.scratch import scratch_folder

GRACE_SECONDS = 60
"""How long a sandbox may outlive its last command before it ends itself."""


def verify(
    task: Task,
    workspace: Path,
    *,
    oracles: Mapping[str, Oracle],
    provider: SandboxProvider,
    seed: int,
    run: str = "",
    trial: str = "",
    conditions: Conditions = QUIET,
) -> tuple[CheckResult, ...]:
    """Return what each check observed; an oracle that raises could not judge, and the next one goes on."""
    return tuple(
        _apply(
            check, task, workspace, oracles[check.oracle], provider, seed, run, trial, conditions
        )
        for check in task.checks
    )


def _apply(
    check: Check,
    task: Task,
    workspace: Path,
    oracle: Oracle,
    provider: SandboxProvider,
    seed: int,
    run: str,
    trial: str,
    conditions: Conditions,
) -> CheckResult:
    seconds = check.seconds or task.limits.verify_seconds
    spec = SandboxSpec(
        run=run,
        trial=trial,
        phase="verify",
        environment=task.environment,
        limits=conditions.limits(task.limits),
        seconds=seconds + GRACE_SECONDS,
    )
    meter = _Meter()

    @contextmanager
    def open_sandbox() -> Iterator[Sandbox]:
        with provider.open(spec) as sandbox:
            sandbox.put(workspace)
            yield _Metered(sandbox, meter, conditions)

    started = time.monotonic()
    with scratch_folder("check") as scratch:
        context = OracleContext(
            task=task,
            check=check,
            workspace=workspace,
            open_sandbox=open_sandbox,
            seed=seed,
            seconds=seconds,
            scratch=Path(scratch),
            order=conditions.order,
        )
        measured: Measurement | OracleFailure
        try:
            measured = oracle.measure(context)
        except AwbError as error:
            measured = OracleFailure(reason=str(error))
        except Exception as error:  # noqa: BLE001 - an oracle is third-party code
            detail = "".join(traceback.format_exception(error))[-4000:]
            measured = OracleFailure(reason=f"the oracle raised {error!r}", detail=detail)
    return CheckResult(
        check=check.id,
        measured=measured,
        seconds=time.monotonic() - started,
        cpu_seconds=meter.cpu_seconds,
    )


class _Meter:
    cpu_seconds: float | None = None

    def add(self, result: CommandResult) -> None:
        if result.cpu_seconds is not None:
            self.cpu_seconds = (self.cpu_seconds or 0.0) + result.cpu_seconds


class _Metered:
    """A sandbox whose commands run under the conditions and are added to the check's bill."""

    def __init__(self, sandbox: Sandbox, meter: _Meter, conditions: Conditions) -> None:
        self._sandbox, self._meter, self._conditions = sandbox, meter, conditions
        self.workspace, self.hidden, self.python = sandbox.workspace, sandbox.hidden, sandbox.python
        self.home, self.gateway_url = sandbox.home, sandbox.gateway_url
        self.put, self.collect, self.kill = sandbox.put, sandbox.collect, sandbox.kill

    def run(self, command: Command) -> CommandResult:
        result = self._sandbox.run(self._conditions.command(command))
        self._meter.add(result)
        return result
