"""Decide which trials a run consists of, in which order, and what makes it reproducible: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from awb_core.model import Task, Trial, Workflow, digest_of

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The trials of a run, in the order they start."""

    trials: tuple[Trial, ...]
    tasks: Mapping[str, Task]
    workflows: tuple[Workflow, ...]
    sandbox: str
    repeats: int
    seed: int

    @property
    def digest(self) -> str:
        """Identify the plan: the same lock gives the same plan and the same trial ids."""
        return digest_of([trial.id for trial in self.trials])


def make_plan(
    tasks: Iterable[Task],
    workflows: Iterable[Workflow],
    *,
    sandbox: str,
    repeats: int = 1,
    seed: int = 0,
) -> Plan:
    """Lay out repeats, then tasks, then workflows, so that a run that stops early is still comparable.

    Tasks whose verification may take longest come first, so that none of them is left for the end.
    """
    by_id = {task.id: task for task in sorted(tasks, key=_order)}
    distinct = tuple({workflow.identity: workflow for workflow in workflows}.values())
    trials = [
        Trial(
            id=trial_id(task, workflow, sandbox, seed, repeat),
            task=task.id,
            workflow=workflow,
            repeat=repeat,
            seed=grading_seed(seed, task.id),
        )
        for repeat in range(1, repeats + 1)
        for task in by_id.values()
        for workflow in distinct
    ]
    return Plan(
        trials=tuple(trials),
        tasks=by_id,
        workflows=distinct,
        sandbox=sandbox,
        repeats=repeats,
        seed=seed,
    )


def _order(task: Task) -> tuple[float, str, str]:
    return -task.limits.verify_seconds, task.dimension, task.id


def trial_id(task: Task, workflow: Workflow, sandbox: str, seed: int, repeat: int) -> str:
    """Return the id of a trial: equal trials have equal ids, in any run."""
    return digest_of([SCHEMA, task.digest, workflow.identity, sandbox, seed, repeat])[:20]


def grading_seed(seed: int, task: str) -> int:
    """Return the seed of a task's grading data: the same for all workflows and repeats of a run."""
    return int.from_bytes(hashlib.sha256(f"{seed}|{task}".encode()).digest()[:4], "big")


def lock_of(plan: Plan, *, host: Mapping[str, Any], packs: Mapping[str, str]) -> dict[str, Any]:
    """Return what makes a run reproducible, and enough to resume it."""
    return {
        "schema": SCHEMA,
        "plan": plan.digest,
        "sandbox": plan.sandbox,
        "repeats": plan.repeats,
        "seed": plan.seed,
        "host": dict(host),
        "packs": dict(packs),
        "tasks": {
            task.id: {
                "digest": task.digest,
                "environment": task.environment.digest,
                "pack": task.pack,
            }
            for task in plan.tasks.values()
        },
        "workflows": [
            {
                "name": workflow.name,
                "adapter": workflow.adapter,
                "argument": workflow.argument,
                "identity": workflow.identity,
                "model": workflow.model,
                "source": workflow.source,
            }
            for workflow in plan.workflows
        ],
        "trials": [trial.id for trial in plan.trials],
    }
