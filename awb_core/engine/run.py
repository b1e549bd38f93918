"""Run a plan: a bounded pool, one record a trial, clean interrupts."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from awb_core.engine.plan import Plan
from awb_core.engine.services import Services
from awb_core.engine.trial import run_trial
from awb_core.errors import AwbError, EnvironmentFailed, SandboxUnavailable
from awb_core.gateway.package_hosts import PackageSettings, read_settings
from awb_core.model import Environment, Outcome, Trial, Workflow
from awb_core.protocols import (
    Adapter,
    Executor,
    ModelAdapter,
    Mount,
    Oracle,
    SandboxProvider,
    SandboxStatus,
)
from awb_core.store import RunStore

if TYPE_CHECKING:
    from awb_core.gateway.client import Gateway

ATTEMPTS = 2
"""How often an invalid trial is tried; a result never decides that."""


class Listener(Protocol):
    """Told what happens; for progress on screen."""

    def preparing(self, what: str) -> None:
        """Something is built that takes a while."""

    def phase(self, trial: Trial, phase: str) -> None:
        """A trial entered a phase."""

    def finished(self, record: Mapping[str, Any]) -> None:
        """A trial has its record."""


@dataclass(kw_only=True)
class Engine:
    """What a run needs, handed in."""

    adapters: Mapping[str, Adapter]
    oracles: Mapping[str, Oracle]
    provider: SandboxProvider
    executor: Executor
    jobs: int
    listener: Listener
    gateway: Gateway | None = None
    """Running; needed by plans with a workflow that asks a model."""
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self, plan: Plan, store: RunStore) -> None:
        """Run the trials that have no valid record yet.

        Raises:
            UsageError: a setting for package indexes is wrong.
            SandboxUnavailable: the sandbox went away; finished trials stay.
            StoreError: a record could not be written; finished trials stay.
        """
        with store.running():
            self.provider.reap()
            for record in store.records():
                if not Outcome(record["outcome"]).is_valid:
                    store.supersede(record["id"])
            done = store.committed()
            todo = [trial for trial in plan.trials if trial.id not in done]
            packages = self._packages(plan, todo)
            broken = self._prepare(plan, todo)
            mounts = self._install(todo)
            # One more than cores: some checks wait more than they compute, and no score depends on time.
            verifiers = (os.cpu_count() or 1) + 1
            services = Services(
                adapters=self.adapters,
                oracles=self.oracles,
                provider=self.provider,
                status=self.provider.probe(),
                agent_slot=threading.BoundedSemaphore(self.jobs),
                verify_slot=threading.BoundedSemaphore(verifiers),
                phase=self.listener.phase,
                run=store.root.name,
                gateway=self.gateway,
                packages=packages,
                mounts=mounts,
            )
            self.executor.run(
                [self._job(trial, plan, services, store, broken) for trial in todo],
                workers=self.jobs + verifiers if self.jobs > 1 else 1,
                stopped=self.stopped.is_set,
            )

    def interrupt(self) -> None:
        """Start nothing more and kill what runs; trials that were under way have no record."""
        self.stopped.set()
        for adapter in self.adapters.values():
            # An adapter that can end an installation of its own has this method.
            stop = getattr(adapter, "stop", None)
            if isinstance(adapter, ModelAdapter) and stop is not None:
                stop()
        self.provider.stop()

    def _packages(self, plan: Plan, todo: list[Trial]) -> PackageSettings | None:
        """Read the index settings of this host, if there is a task for them, and say what is odd about them."""
        if all(plan.tasks[trial.task].limits.network != "packages" for trial in todo):
            return None
        settings = read_settings(os.environ, Path.home())
        for note in settings.notes:
            self.listener.preparing(note)
        return settings

    def _prepare(self, plan: Plan, todo: list[Trial]) -> dict[str, str]:
        """Build each environment once; return why, for those that cannot be built."""
        environments: dict[str, Environment] = {}
        for trial in todo:
            environment = plan.tasks[trial.task].environment
            environments.setdefault(environment.digest, environment)
        failures: dict[str, str] = {}

        def build(digest: str, environment: Environment) -> Callable[[], None]:
            def job() -> None:
                try:
                    self.provider.prepare(environment, self.listener.preparing)
                except SandboxUnavailable:
                    raise
                except AwbError as error:
                    failures[digest] = str(error)

            return job

        jobs = [build(*item) for item in environments.items()]
        self.executor.run(jobs, workers=min(4, len(jobs) or 1), stopped=self.stopped.is_set)
        return failures

    def _install(self, todo: list[Trial]) -> Callable[[Workflow], tuple[Mount, ...]]:
        """Install the tool of each workflow once; return what gives its mounts, or says why there are none."""
        mounts: dict[str, tuple[Mount, ...]] = {}
        failures: dict[str, str] = {}
        for workflow in {trial.workflow.identity: trial.workflow for trial in todo}.values():
            adapter = self.adapters[workflow.adapter]
            if isinstance(adapter, ModelAdapter) and not self.stopped.is_set():
                try:
                    mounts[workflow.identity] = adapter.mounts(workflow, self.listener.preparing)
                except AwbError as error:
                    failures[workflow.identity] = str(error)

        def mounts_of(workflow: Workflow) -> tuple[Mount, ...]:
            if workflow.identity in failures:
                raise EnvironmentFailed(failures[workflow.identity])
            return mounts.get(workflow.identity, ())

        return mounts_of

    def _job(
        self,
        trial: Trial,
        plan: Plan,
        services: Services,
        store: RunStore,
        broken: Mapping[str, str],
    ) -> Callable[[], None]:
        task = plan.tasks[trial.task]
        attempts = 1 if task.environment.digest in broken else ATTEMPTS

        def job() -> None:
            record: dict[str, Any] = {}
            earlier: list[dict[str, Any]] = []
            for attempt in range(1, attempts + 1):
                folder = store.artifacts(trial.id)
                record = run_trial(trial, task, services, folder)
                record |= {"attempt": attempt, "artifacts": f"{trial.id}/{folder.name}"}
                if self.stopped.is_set():
                    return  # what was killed on the way, agent or verifier, says nothing about the workflow
                if Outcome(record["outcome"]).is_valid:
                    break
                if attempt < attempts:
                    earlier.append({k: record[k] for k in ("outcome", "note", "artifacts")})
                    self._require_sandbox(store)
            record["earlier_attempts"] = earlier
            store.commit(record)
            self.listener.finished(record)

        return job

    def _require_sandbox(self, store: RunStore) -> None:
        status: SandboxStatus = self.provider.probe()
        if not status.available:
            message = (
                f"the sandbox {self.provider.name} went away: {status.summary};"
                f" finished trials are kept, go on with `awb resume {store.root}`"
            )
            raise SandboxUnavailable(message)
