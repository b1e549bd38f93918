"""Run the trials of an admission, unless it is known what they come to."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from awb_core.adapters.attack import AttackAdapter
from awb_core.admission.known import Known
from awb_core.admission.measured import Job, Measured, measured
from awb_core.admission.mutants import MutantAdapter
from awb_core.admission.reach import find_in_sandbox
from awb_core.engine.conditions import QUIET, Conditions, conditions_of
from awb_core.engine.plan import grading_seed
from awb_core.engine.services import Services
from awb_core.engine.trial import run_trial
from awb_core.errors import AwbError, EnvironmentFailed
from awb_core.model import Task, Trial
from awb_core.protocols import Adapter, Attack, Oracle, SandboxProvider
from awb_core.scratch import scratch_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How much is to be proven."""

    repeats: int = 1
    vary: bool = False
    """Whether repeats differ in load, order, seeds, time zone, locale, umask, cpus and memory."""
    attacks: bool = False
    mutants: bool = False
    reach: bool = False


ADMISSION = Scope(repeats=20, vary=True, attacks=True, mutants=True, reach=True)
"""All of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a check needs, handed in."""

    adapters: Mapping[str, Adapter]
    oracles: Mapping[str, Oracle]
    attacks: Mapping[str, Attack]
    provider: SandboxProvider
    jobs: int
    seed: int = 0
    again: bool = False
    """Whether everything is measured, even what is known."""
    preparing: Callable[[str], None] = lambda _: None
    """Told of work before the measurements that takes a while."""
    planned: Callable[[int], None] = lambda _: None
    """Told how many measurements there will be."""
    done: Callable[[str], None] = lambda _: None
    """Told of each measurement."""


class Measure:
    """Runs jobs, unless it is known what they come to."""

    def __init__(self, bench: Bench, known: Known, scope: Scope, mutants: MutantAdapter) -> None:
        self._bench, self._known, self._scope = bench, known, scope
        self.stopped = False
        self._unbuilt: dict[str, str] = {}
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)
        self._services = Services(
            adapters={
                **bench.adapters,
                AttackAdapter.name: AttackAdapter(bench.attacks),
                mutants.name: mutants,
            },
            oracles=bench.oracles,
            provider=bench.provider,
            status=bench.provider.probe(),
            agent_slot=contextlib.nullcontext(),
            verify_slot=contextlib.nullcontext(),
            phase=lambda _trial, _phase: None,
            run="check",
        )

    def job(self, job: Job) -> Measured:
        """Return what a job comes to."""
        vary = self._scope.vary and job.kind == "rung"
        conditions = conditions_of(job.repeat) if vary else QUIET
        key = self._known.key(
            job.task, job.kind, job.name, conditions=conditions, extra=[job.repeat, job.identity]
        )
        found = self._known.get(job.task, key)
        if found is not None:
            result = Measured(**{**found, "known": True})
        else:
            result = self._run(job, conditions)
            if result.score is not None and not self.stopped:
                self._known.put(job.task, key, result.as_dict())
        self._bench.done(f"{job.task.id} {job.kind} {job.name}")
        return result

    def unbuilt(self, task: Task) -> str:
        """Return why a task's environment could not be built; empty if it was, or was not needed."""
        return self._unbuilt.get(task.environment.digest, "")

    def reach(self, task: Task) -> tuple[str, ...]:
        """Search the agent's sandbox of a task."""
        key = self._known.key(task, "reach", "", conditions=QUIET)
        found = self._known.get(task, key)
        if found is None:
            try:
                self._prepare(task)
                found = {"problems": list(find_in_sandbox(task, self._bench.provider))}
            except AwbError as error:
                return (f"the sandbox could not be searched: {error}",)
            if not self.stopped:
                self._known.put(task, key, found)
        self._bench.done(f"{task.id} reach")
        return tuple(found["problems"])

    def _prepare(self, task: Task) -> None:
        """Build a task's environment; what failed once is not tried again."""
        digest = task.environment.digest
        with self._locks[digest]:
            if digest in self._unbuilt:
                raise EnvironmentFailed(self._unbuilt[digest])
            try:
                self._bench.provider.prepare(task.environment, lambda _: None)
            except EnvironmentFailed as error:
                self._unbuilt[digest] = str(error)
                raise

    def _run(self, job: Job, conditions: Conditions) -> Measured:
        bench = self._bench
        name = "".join(c if c.isalnum() or c in "-." else "-" for c in job.name)[-60:]
        seed = bench.seed + (1 if conditions.other_seed else 0)
        trial = Trial(
            id=f"check-{job.task.id}-{name}-{job.repeat}",
            task=job.task.id,
            workflow=job.workflow,
            repeat=job.repeat,
            seed=grading_seed(seed, job.task.id),
        )
        services = replace(self._services, conditions=conditions)
        with scratch_folder("check") as artifacts:
            try:
                self._prepare(job.task)
                record = run_trial(trial, job.task, services, Path(artifacts))
            except EnvironmentFailed as error:
                record = {"outcome": "infra_error", "passed": None, "score": None}
                record |= {"note": str(error)}
                record |= {"gates": [], "measurements": [], "seconds": 0.0, "phases": {}}
        return measured(job, conditions.name, record)
