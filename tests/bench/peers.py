"""The same do-nothing trial in a peer: Inspect AI with its local sandbox; run by `make bench ARGS=peers`.

One file in, one command as the agent, one command as the check. Inspect's local sandbox is a temporary folder: it
isolates nothing, verifies in the folder the agent used, and reads nothing back, so it is the floor of what a harness
costs, not the same service.
"""

from __future__ import annotations

import tempfile
import time
from typing import Any

from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.scorer import Score, accuracy, scorer
from inspect_ai.solver import solver
from inspect_ai.util import sandbox

SAMPLES = 10


@solver
def nothing() -> Any:
    """Run one command that does nothing."""

    async def solve(state: Any, generate: Any) -> Any:
        await sandbox().exec(["true"])
        return state

    return solve


@scorer(metrics=[accuracy()])
def check() -> Any:
    """Run one command and take its exit code."""

    async def score(state: Any, target: Any) -> Score:
        result = await sandbox().exec(["python3", "-c", "pass"])
        return Score(value=1 if result.success else 0)

    return score


def seconds(samples: int, logs: str) -> float:
    """Return the wall time of an evaluation."""
    started = time.monotonic()
    eval(
        Task(
            dataset=[Sample(input="x", files={"file": "x"}) for _ in range(samples)],
            solver=nothing(),
            scorer=check(),
            sandbox="local",
        ),
        model="mockllm/model",
        max_samples=1,
        display="none",
        log_dir=logs,
    )
    return time.monotonic() - started


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        seconds(1, folder)
        few = seconds(1, folder)
        many = seconds(1 + SAMPLES, folder)
    print((many - few) / SAMPLES)
