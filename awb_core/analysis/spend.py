"""What workflows spent on their models: sums beside the score, never blended into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What one workflow's trials cost, invalid ones included: they were paid for as well."""

    requests: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    """US dollars; None if a request had no known price."""
    requests_without_usage: int
    """Requests that may have been charged and of which no usage is known."""
    is_lower_bound: bool
    """Whether tokens and cost may be more than was measured."""
    solved: int
    """Trials that passed."""
    agent_seconds: float
    """Time at work, summed over trials."""
    model_seconds: float
    """The part of it spent waiting for the model."""

    @property
    def cost_per_solved_usd(self) -> float | None:
        """US dollars for one passed trial; None where nothing passed or the cost is not known."""
        if self.cost_usd is None or not self.solved:
            return None
        return self.cost_usd / self.solved


def spend_of(trials: Iterable[Mapping[str, Any]]) -> Spend | None:
    """Return what the trials of one workflow spent; None if it asks no model."""
    measured = [trial for trial in trials if trial.get("usage")]
    if not measured:
        return None
    usages = [trial["usage"] for trial in measured]
    costs = [usage["cost_usd"] for usage in usages]
    return Spend(
        requests=sum(usage["requests"] for usage in usages),
        input_tokens=sum(usage["tokens"].get("input_tokens", 0) for usage in usages),
        output_tokens=sum(usage["tokens"].get("output_tokens", 0) for usage in usages),
        cost_usd=None if None in costs else sum(float(cost) for cost in costs),
        requests_without_usage=sum(usage.get("requests_without_usage", 0) for usage in usages),
        is_lower_bound=any(usage.get("is_lower_bound", False) for usage in usages),
        solved=sum(bool(trial["passed"]) for trial in measured),
        agent_seconds=sum(trial["phases"].get("agent", 0.0) for trial in measured),
        model_seconds=sum(usage["model_wait_seconds"] for usage in usages),
    )
