"""Build the gap matrix from the records of one or more runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from awb_core.analysis.estimates import (
    block_of,
    cell_estimates,
    gaps_of,
    overall_estimates,
    overall_gaps,
)
from awb_core.analysis.matrix import OVERALL, Cell, Estimate, Matrix, Row
from awb_core.analysis.spend import spend_of


def build_matrix(
    records: Iterable[Mapping[str, Any]],
    *,
    dimensions: Mapping[str, str],
    runs: Iterable[Mapping[str, Any]] = (),
) -> Matrix:
    """Return the matrix of all workflows in the records; equal trials of several runs count once each repeat.

    `dimensions` gives the order and titles of columns; those without a trial are left out.
    """
    trials = tuple(records)
    used = {trial["dimension"] for trial in trials}
    columns = [name for name in dimensions if name in used]
    columns += sorted(used - set(columns))
    names = _names(trials)
    means, passes = _task_means(trials, list(names))
    scores = [[means[w].get(d, {}) for d in columns] for w in names]
    rows = _rows(names, columns, scores, passes, trials)
    rows.sort(key=lambda row: -(row.overall.score.value if row.overall.score else -1.0))
    return Matrix(
        dimensions=tuple((name, dimensions.get(name, name)) for name in columns),
        rows=tuple(rows),
        trials=trials,
        runs=tuple(runs),
    )


def _names(trials: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return names by identity; equal names of different workflows get a piece of the identity."""
    names = {trial["workflow_identity"]: trial["workflow"] for trial in trials}
    shared = [name for name in names.values() if list(names.values()).count(name) > 1]
    return {
        identity: f"{name} ({identity[:7]})" if name in shared else name
        for identity, name in names.items()
    }


_Means = dict[str, dict[str, dict[str, float]]]


def _task_means(
    trials: Iterable[Mapping[str, Any]], identities: list[str]
) -> tuple[_Means, _Means]:
    """Return the mean score and pass rate by workflow, dimension and task, over valid repeats."""
    gathered: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for trial in trials:
        if trial["score"] is not None:
            key = (trial["workflow_identity"], trial["dimension"], trial["task"])
            gathered.setdefault(key, []).append((trial["score"], float(trial["passed"])))
    scores: _Means = {identity: {} for identity in identities}
    passes: _Means = {identity: {} for identity in identities}
    for (identity, dimension, task), values in gathered.items():
        scores[identity].setdefault(dimension, {})[task] = sum(s for s, _ in values) / len(values)
        passes[identity].setdefault(dimension, {})[task] = sum(p for _, p in values) / len(values)
    return scores, passes


def _rows(
    names: Mapping[str, str],
    columns: list[str],
    scores: list[list[dict[str, float]]],
    passes: _Means,
    trials: Iterable[Mapping[str, Any]],
) -> list[Row]:
    counts = _counts(trials)
    blocks = [block_of(scores, index) for index in range(len(columns))]
    everything = np.concatenate(blocks, axis=1) if blocks else np.empty((len(names), 0))
    cells = cell_estimates(blocks, everything)
    gaps = [gaps_of(block, everything, blocks) for block in blocks]
    whole = overall_estimates(blocks, everything)
    whole_gaps = overall_gaps(blocks, everything)
    rows: list[Row] = []
    for w, (identity, name) in enumerate(names.items()):
        made = tuple(
            _cell(
                identity,
                dimension,
                cells[d][w],
                passes[identity].get(dimension, {}),
                counts.get((identity, dimension), (0, 0)),
                gaps[d][w],
            )
            for d, dimension in enumerate(columns)
        )
        rates = [cell.pass_rate for cell in made if cell.pass_rate is not None]
        overall = Cell(
            workflow=identity,
            dimension=OVERALL,
            score=whole[w][0],
            pass_rate=sum(rates) / len(rates) if rates else None,
            tasks=sum(cell.tasks for cell in made),
            trials=sum(cell.trials for cell in made),
            invalid=sum(cell.invalid for cell in made),
            method=whole[w][1],
            gap_ideal=_one_minus(whole[w][0]),
            gap_best=whole_gaps[w][0],
            gap_median=whole_gaps[w][1],
        )
        spend = spend_of(t for t in trials if t["workflow_identity"] == identity)
        rows.append(Row(identity=identity, name=name, cells=made, overall=overall, spend=spend))
    return rows


def _cell(
    identity: str,
    dimension: str,
    estimated: tuple[Estimate | None, str],
    passes: Mapping[str, float],
    counts: tuple[int, int],
    gaps: tuple[Estimate | None, Estimate | None],
) -> Cell:
    return Cell(
        workflow=identity,
        dimension=dimension,
        score=estimated[0],
        pass_rate=sum(passes.values()) / len(passes) if passes else None,
        tasks=len(passes),
        trials=counts[0],
        invalid=counts[1],
        method=estimated[1],
        gap_ideal=_one_minus(estimated[0]),
        gap_best=gaps[0],
        gap_median=gaps[1],
    )


def _counts(trials: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[int, int]]:
    """Return valid and invalid trials by workflow and dimension."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for trial in trials:
        key = (trial["workflow_identity"], trial["dimension"])
        valid, invalid = counts.get(key, (0, 0))
        bad = trial["score"] is None
        counts[key] = (valid + (not bad), invalid + bad)
    return counts


def _one_minus(estimate: Estimate | None) -> Estimate | None:
    if estimate is None:
        return None
    return Estimate(
        value=1 - estimate.value,
        low=None if estimate.high is None else 1 - estimate.high,
        high=None if estimate.low is None else 1 - estimate.low,
    )
