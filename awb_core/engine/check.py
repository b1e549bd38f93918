"""Prove a task's ladder: every rung gets its verdict and its score, in strict order, every time."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from awb_core.engine.leaks import find_leaks
from awb_core.engine.plan import grading_seed
from awb_core.engine.services import Services
from awb_core.engine.trial import run_trial
from awb_core.errors import EnvironmentFailed
from awb_core.manifest import STANDARD_RUNGS
from awb_core.model import Rung, Task, Trial, Workflow
from awb_core.protocols import Adapter, Oracle, SandboxProvider

SAME = 1e-9
"""Scores of repeats that differ by more are not the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RungResult:
    """One rung of the ladder, measured once."""

    task: str
    rung: Rung
    repeat: int
    record: Mapping[str, Any]

    @property
    def score(self) -> float | None:
        """The score; None if the trial was invalid."""
        return self.record["score"]  # type: ignore[no-any-return]

    @property
    def verdict(self) -> str:
        """`pass`, `fail`, or the outcome of an invalid trial."""
        passed = self.record["passed"]
        return str(self.record["outcome"]) if passed is None else "pass" if passed else "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReport:
    """Whether a task is admissible, and why not."""

    task: str
    results: tuple[RungResult, ...]
    problems: tuple[str, ...]


def check_tasks(
    tasks: Iterable[Task],
    *,
    adapters: Mapping[str, Adapter],
    oracles: Mapping[str, Oracle],
    provider: SandboxProvider,
    repeats: int,
    jobs: int,
    seed: int = 0,
    done: Callable[[RungResult], None] = lambda _: None,
) -> Iterator[TaskReport]:
    """Measure the ladders of tasks side by side and yield a report a task, in order."""
    services = Services(
        adapters=adapters,
        oracles=oracles,
        provider=provider,
        status=provider.probe(),
        agent_slot=contextlib.nullcontext(),
        verify_slot=contextlib.nullcontext(),
        phase=lambda _trial, _phase: None,
        run="check",
    )

    def measure(task: Task, rung: Rung, repeat: int) -> RungResult:
        with tempfile.TemporaryDirectory(prefix="awb-check-") as artifacts:
            trial = _trial(task, rung, repeat, seed, adapters)
            record = run_trial(trial, task, services, Path(artifacts))
        result = RungResult(task=task.id, rung=rung, repeat=repeat, record=record)
        done(result)
        return result

    tasks = tuple(tasks)
    unbuilt = _prepare(tasks, provider)
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        futures = {
            task.id: [
                pool.submit(measure, task, rung, repeat)
                for rung in task.ladder
                for repeat in range(1, repeats + 1)
            ]
            for task in tasks
            if task.id not in unbuilt
        }
        try:
            for task in tasks:
                if task.id in unbuilt:
                    yield TaskReport(task=task.id, results=(), problems=(unbuilt[task.id],))
                    continue
                results = tuple(future.result() for future in futures[task.id])
                problems = (*judge_ladder(task, results), *find_leaks(task))
                yield TaskReport(task=task.id, results=results, problems=problems)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _prepare(tasks: Iterable[Task], provider: SandboxProvider) -> dict[str, str]:
    """Build each environment once; return why, for the tasks whose environment cannot be built."""
    failures: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for task in tasks:
        key = task.environment.digest
        if key not in reasons:
            try:
                provider.prepare(task.environment, lambda _: None)
                reasons[key] = ""
            except EnvironmentFailed as error:
                reasons[key] = str(error)
        if reasons[key]:
            failures[task.id] = f"the environment cannot be built: {reasons[key]}"
    return failures


def judge_ladder(task: Task, results: Iterable[RungResult]) -> tuple[str, ...]:
    """Return every invariant of the ladder that the measurements break."""
    results = tuple(results)
    problems: list[str] = []
    for rung in task.ladder:
        problems += _judge_rung(rung, [r for r in results if r.rung.name == rung.name])
    standard = [name for name in STANDARD_RUNGS if any(r.rung.name == name for r in results)]
    scores = {
        name: [r.score for r in results if r.rung.name == name and r.score is not None]
        for name in standard
    }
    for lower, upper in pairwise(standard):
        if scores[lower] and scores[upper] and not max(scores[lower]) < min(scores[upper]):
            problems.append(
                f"{lower} ({max(scores[lower]):.3f}) must score below {upper} ({min(scores[upper]):.3f})"
            )
    return tuple(problems)


def _judge_rung(rung: Rung, results: list[RungResult]) -> Iterator[str]:
    invalid = [result for result in results if result.score is None]
    for result in invalid[:1]:
        yield f"{rung.name}: {result.record['outcome']}: {result.record['note']}"
    scores = [result.score for result in results if result.score is not None]
    if not scores:
        return
    wrong = {result.verdict for result in results if result.score is not None} - {rung.verdict}
    if wrong:
        yield f"{rung.name}: must {rung.verdict}, got {', '.join(sorted(wrong))}{_why(results)}"
    low, high = rung.score
    outside = sorted({score for score in scores if not low <= score <= high})
    if outside:
        words = ", ".join(f"{score:.3f}" for score in outside)
        yield f"{rung.name}: scores {words}, must lie in [{low:g}, {high:g}]"
    if max(scores) - min(scores) > SAME or len({result.verdict for result in results}) > 1:
        yield f"{rung.name}: repeats differ, scores {min(scores):.6f} to {max(scores):.6f}"


def _why(results: list[RungResult]) -> str:
    gates = sorted({g["check"] for r in results for g in r.record["gates"] if not g["holds"]})
    return f" (gate {', '.join(gates)} does not hold)" if gates else ""


def _trial(
    task: Task, rung: Rung, repeat: int, seed: int, adapters: Mapping[str, Adapter]
) -> Trial:
    adapter = "noop" if rung.name == "noop" else "reference"
    workflow: Workflow = adapters[adapter].workflow("" if adapter == "noop" else rung.name)
    return Trial(
        id=f"check-{task.id}-{rung.name}-{repeat}",
        task=task.id,
        workflow=workflow,
        repeat=repeat,
        seed=grading_seed(seed, task.id),
    )
