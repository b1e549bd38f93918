"""Measure what a task must prove, side by side, and judge it rule by rule."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from awb_core.adapters.attack import AttackAdapter
from awb_core.admission.attacks import judge_attacks
from awb_core.admission.coverage import judge_coverage
from awb_core.admission.known import Known, code_digest
from awb_core.admission.ladder import judge_headroom, judge_ladder, judge_repeats
from awb_core.admission.leaks import find_leaks
from awb_core.admission.measured import Job, Measured, measured
from awb_core.admission.mutants import Mutant, MutantAdapter, equivalents, judge_mutants, mutants_of
from awb_core.admission.reach import find_in_sandbox
from awb_core.admission.statics import judge_canary, judge_pins, near_duplicates
from awb_core.engine.conditions import QUIET, Conditions, conditions_of
from awb_core.engine.plan import grading_seed
from awb_core.engine.services import Services
from awb_core.engine.trial import run_trial
from awb_core.errors import AwbError, EnvironmentFailed
from awb_core.model import Task, Trial, Workflow
from awb_core.protocols import Adapter, Attack, Oracle, SandboxProvider

RULES: Mapping[str, str] = {
    "pins": "every dependency is pinned by version and hash",
    "canary": "hidden scripts carry the task's canary",
    "duplicates": "no other task has nearly the same instruction or solution",
    "coverage": "every check is demanded by a sentence of the instruction, and back",
    "leaks": "the workspace and its history do not hold the answer",
    "reach": "nothing inside the agent's sandbox holds the answer",
    "ladder": "each reference solution gets its verdict and its score, in strict order",
    "repeats": "repeats measure the same, whatever the conditions",
    "headroom": "checks take at most half of their time",
    "attacks": "no attack passes or scores above noop",
    "mutants": "at least nine of ten wrong solutions are noticed",
}
"""The rules of admission, in the order they are reported."""


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
class TaskReport:
    """Whether a task is admissible, and why not."""

    task: str
    results: tuple[Measured, ...]
    rules: Mapping[str, tuple[str, ...]]
    """Problems by rule; rules that were not examined are left out."""
    equivalent: Mapping[str, str] = field(default_factory=dict)
    """Mutants that the task declares equivalent, with the reason."""

    @property
    def problems(self) -> tuple[str, ...]:
        """All problems."""
        return tuple(problem for found in self.rules.values() for problem in found)

    def of(self, kind: str) -> tuple[Measured, ...]:
        """Return the measurements of a kind."""
        return tuple(result for result in self.results if result.kind == kind)


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
    planned: Callable[[int], None] = lambda _: None
    """Told how many measurements there will be."""
    done: Callable[[str], None] = lambda _: None
    """Told of each measurement."""


def check_tasks(
    tasks: Iterable[Task], bench: Bench, scope: Scope, *, others: Iterable[Task] = ()
) -> Iterator[TaskReport]:
    """Yield a report a task, in order; `others` are installed tasks that they must differ from."""
    tasks = tuple(tasks)
    known = Known(bench.provider, bench.oracles, seed=bench.seed, read=not bench.again)
    duplicates = near_duplicates({t.id: t for t in (*tasks, *others)}.values())
    mutants, unmade = _mutants(tasks) if scope.mutants else ({}, {})
    jobs = {task.id: list(_jobs(task, bench, scope, mutants)) for task in tasks}
    bench.planned(sum(map(len, jobs.values())) + (len(tasks) if scope.reach else 0))
    measure = _Measure(bench, known, scope, MutantAdapter(mutants))
    with ThreadPoolExecutor(max_workers=max(1, bench.jobs)) as pool:
        futures: dict[str, list[Future[Measured]]] = {}
        reached: dict[str, Future[tuple[str, ...]]] = {}
        for task in sorted(tasks, key=lambda t: -t.limits.verify_seconds):
            futures[task.id] = [pool.submit(measure.job, job) for job in jobs[task.id]]
            if scope.reach:
                reached[task.id] = pool.submit(measure.reach, task)
        try:
            for task in tasks:
                results = tuple(future.result() for future in futures[task.id])
                reach = reached[task.id].result() if scope.reach else ()
                rules = _judge(task, results, scope)
                rules["duplicates"] = duplicates.get(task.id, ())
                if scope.reach:
                    rules["reach"] = reach
                if task.id in unmade:
                    rules["mutants"] = (unmade[task.id],)
                ordered = {rule: rules[rule] for rule in RULES if rule in rules}
                yield TaskReport(
                    task=task.id,
                    results=results,
                    rules=ordered,
                    equivalent=equivalents(task) if scope.mutants and task.id not in unmade else {},
                )
        except BaseException:
            measure.stopped = True
            pool.shutdown(wait=False, cancel_futures=True)
            bench.provider.stop()
            raise


def _judge(task: Task, results: tuple[Measured, ...], scope: Scope) -> dict[str, tuple[str, ...]]:
    rungs = tuple(r for r in results if r.kind == "rung")
    scores = {
        name: max((r.score or 0.0 for r in rungs if r.name == name), default=0.0)
        for name in ("noop", "canonical")
    }
    rules = {
        "pins": judge_pins(task),
        "canary": judge_canary(task),
        "coverage": judge_coverage(task, rungs),
        "leaks": find_leaks(task),
        "ladder": judge_ladder(task, rungs),
        "headroom": judge_headroom(task, rungs),
    }
    if scope.repeats > 1:
        rules["repeats"] = judge_repeats(task, rungs)
    if scope.attacks:
        rules["attacks"] = judge_attacks((r for r in results if r.kind == "attack"), scores["noop"])
    if scope.mutants:
        wrong = (r for r in results if r.kind == "mutant")
        rules["mutants"] = judge_mutants(wrong, scores["canonical"])
    return rules


def _mutants(
    tasks: Iterable[Task],
) -> tuple[dict[tuple[str, str], Mutant], dict[str, str]]:
    """Make the mutants; return why, for the tasks whose mutants cannot be made."""
    made: dict[tuple[str, str], Mutant] = {}
    unmade: dict[str, str] = {}
    for task in tasks:
        try:
            made |= {(task.id, mutant.name): mutant for mutant in mutants_of(task)}
        except AwbError as error:
            unmade[task.id] = str(error)
    return made, unmade


def _jobs(
    task: Task, bench: Bench, scope: Scope, mutants: Mapping[tuple[str, str], Mutant]
) -> Iterator[Job]:
    for rung in task.ladder:
        adapter = "noop" if rung.name == "noop" else "reference"
        workflow: Workflow = bench.adapters[adapter].workflow(
            "" if adapter == "noop" else rung.name
        )
        for repeat in range(1, scope.repeats + 1):
            yield Job(task=task, kind="rung", name=rung.name, workflow=workflow, repeat=repeat)
    for attack in bench.attacks.values() if scope.attacks else ():
        if attack.applies(task):
            yield Job(
                task=task,
                kind="attack",
                name=attack.name,
                workflow=AttackAdapter(bench.attacks).workflow(attack.name),
                identity=getattr(attack, "identity", "") or code_digest(attack),
            )
    adapter_of_mutants = MutantAdapter(mutants)
    for (owner, name), mutant in mutants.items():
        if owner == task.id:
            yield Job(
                task=task,
                kind="mutant",
                name=name,
                workflow=adapter_of_mutants.workflow(name),
                identity=mutant.identity,
            )


class _Measure:
    """Runs jobs, unless it is known what they come to."""

    def __init__(self, bench: Bench, known: Known, scope: Scope, mutants: MutantAdapter) -> None:
        self._bench, self._known, self._scope = bench, known, scope
        self.stopped = False
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

    def reach(self, task: Task) -> tuple[str, ...]:
        """Search the agent's sandbox of a task."""
        key = self._known.key(task, "reach", "", conditions=QUIET)
        found = self._known.get(task, key)
        if found is None:
            try:
                self._bench.provider.prepare(task.environment, lambda _: None)
                found = {"problems": list(find_in_sandbox(task, self._bench.provider))}
            except AwbError as error:
                return (f"the sandbox could not be searched: {error}",)
            if not self.stopped:
                self._known.put(task, key, found)
        self._bench.done(f"{task.id} reach")
        return tuple(found["problems"])

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
        with tempfile.TemporaryDirectory(prefix="awb-check-") as artifacts:
            try:
                bench.provider.prepare(job.task.environment, lambda _: None)
                record = run_trial(trial, job.task, services, Path(artifacts))
            except EnvironmentFailed as error:
                note = f"the environment cannot be built: {error}"
                record = {"outcome": "infra_error", "note": note, "passed": None, "score": None}
                record |= {"gates": [], "measurements": [], "seconds": 0.0, "phases": {}}
        return measured(job, conditions.name, record)
