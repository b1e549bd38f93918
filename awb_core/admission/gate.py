"""Measure what a task must prove, side by side, and judge it rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from awb_core.adapters.attack import AttackAdapter
from awb_core.admission.attacks import judge_attacks
from awb_core.admission.bench import Bench, Measure, Scope
from awb_core.admission.coverage import judge_coverage
from awb_core.admission.known import Known, code_digest
from awb_core.admission.ladder import judge_headroom, judge_ladder, judge_repeats
from awb_core.admission.leaks import find_leaks
from awb_core.admission.measured import Job, Measured
from awb_core.admission.mutants import Mutant, MutantAdapter, equivalents, judge_mutants, mutants_of
from awb_core.admission.statics import judge_canary, judge_pins, near_duplicates
from awb_core.errors import AwbError
from awb_core.model import Task, Workflow

RULES: Mapping[str, str] = {
    "environment": "the environment can be built",
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


def check_tasks(
    tasks: Iterable[Task], bench: Bench, scope: Scope, *, others: Iterable[Task] = ()
) -> Iterator[TaskReport]:
    """Yield a report a task, in order; `others` are installed tasks that they must differ from."""
    tasks = tuple(tasks)
    known = Known(bench.provider, bench.oracles, seed=bench.seed, read=not bench.again)
    everything = tuple({t.id: t for t in (*tasks, *others)}.values())
    duplicates = _duplicates(known, tasks, everything)
    mutants, unmade = _mutants(known, tasks, bench.preparing) if scope.mutants else ({}, {})
    jobs = {task.id: list(_jobs(task, bench, scope, mutants)) for task in tasks}
    bench.planned(sum(map(len, jobs.values())) + (len(tasks) if scope.reach else 0))
    measure = Measure(bench, known, scope, MutantAdapter(mutants))
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
                unbuilt = measure.unbuilt(task)
                if unbuilt:
                    yield TaskReport(task=task.id, results=(), rules={"environment": (unbuilt,)})
                    continue
                rules = _judge(task, results, scope)
                rules["duplicates"] = duplicates[task.id]
                rules["leaks"] = tuple(
                    known.once(task, "leaks", partial(_listed, find_leaks, task))
                )
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
    rules: dict[str, tuple[str, ...]] = {
        "environment": (),
        "pins": judge_pins(task),
        "canary": judge_canary(task),
        "coverage": judge_coverage(task, rungs),
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


def _duplicates(
    known: Known, tasks: Iterable[Task], everything: tuple[Task, ...]
) -> dict[str, tuple[str, ...]]:
    """Compare all tasks once; each task's answer is known until any of them changes."""
    found: dict[str, tuple[str, ...]] = {}
    digests = sorted((task.id, task.digest) for task in everything)

    def compare(task: Task) -> list[str]:
        if not found:
            found.update({"": ()} | near_duplicates(everything))
        return list(found.get(task.id, ()))

    return {
        task.id: tuple(known.once(task, "duplicates", partial(compare, task), digests))
        for task in tasks
    }


def _listed(rule: Callable[[Task], tuple[str, ...]], task: Task) -> list[str]:
    return list(rule(task))


def _plain_mutants(task: Task, preparing: Callable[[str], None]) -> list[dict[str, Any]]:
    preparing(f"making the mutants of {task.id}")
    return [mutant.as_dict() for mutant in mutants_of(task)]


def _mutants(
    known: Known, tasks: Iterable[Task], preparing: Callable[[str], None]
) -> tuple[dict[tuple[str, str], Mutant], dict[str, str]]:
    """Make the mutants; return why, for the tasks whose mutants cannot be made."""
    made: dict[tuple[str, str], Mutant] = {}
    unmade: dict[str, str] = {}
    for task in tasks:
        try:
            listed = known.once(task, "mutants", partial(_plain_mutants, task, preparing))
            made |= {(task.id, entry["name"]): Mutant(**entry) for entry in listed}
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
