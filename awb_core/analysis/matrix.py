"""The capability gap matrix as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from awb_core.analysis.spend import Spend

OVERALL = "overall"
"""The column that averages the dimensions, each with the same weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its 95 % interval; bounds are None where they cannot be estimated."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One workflow in one dimension."""

    workflow: str
    """Identity of the workflow."""
    dimension: str
    score: Estimate | None
    """Mean score over tasks, each task the mean of its valid repeats; None without a valid trial."""
    pass_rate: float | None
    tasks: int
    trials: int
    invalid: int
    """Trials without a score; they are never averaged in."""
    method: str
    """How the interval was made: see `docs/explanation/statistics.md`."""
    gap_ideal: Estimate | None = None
    gap_best: Estimate | None = None
    gap_median: Estimate | None = None

    @property
    def is_thin(self) -> bool:
        """Whether few tasks, or many invalid trials, ask for caution."""
        return self.tasks < 5 or self.invalid > 0.05 * max(1, self.trials + self.invalid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One workflow."""

    identity: str
    name: str
    cells: tuple[Cell, ...]
    overall: Cell
    spend: Spend | None = None
    """What its trials spent on a model; None if it asks none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Workflows x dimensions, best overall first."""

    dimensions: tuple[tuple[str, str], ...]
    """Ids and titles of the columns."""
    rows: tuple[Row, ...]
    trials: tuple[Mapping[str, Any], ...]
    """The records, each with its `patch` if it is at hand."""
    runs: tuple[Mapping[str, Any], ...]
    """The locks of the runs."""

    @property
    def invalid(self) -> int:
        """Trials without a score."""
        return sum(1 for trial in self.trials if trial["score"] is None)
