"""Estimates, intervals and gaps from blocks of scores: workflows x tasks, one block a dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from awb_core.analysis.matrix import Estimate
from awb_core.analysis.statistics import (
    Array,
    Prior,
    fit_prior,
    logit_interval,
    moderate,
    spread,
    t_quantile,
)


def block_of(scores: list[list[dict[str, float]]], column: int) -> Array:
    """Return workflows x tasks of one dimension, NaN where a workflow has no valid trial."""
    tasks = sorted({task for row in scores for task in row[column]})
    return np.array([[row[column].get(task, np.nan) for task in tasks] for row in scores]).reshape(
        len(scores), len(tasks)
    )


def _variance(values: Array, alone: Array, prior: Prior | None) -> tuple[Array, Array, Array, str]:
    """Return mean, squared standard error, degrees of freedom, and the method, along the last axis.

    With a prior, every cell has a moderated variance. Without one (no dimension has two tasks), the spread of all
    tasks of the same workflow stands in: it holds the differences between dimensions too, so it is too wide rather
    than too narrow.
    """
    mean, variance, count = spread(values)
    if prior is not None:
        moderated, df = moderate(variance, count - 1, prior)
        return mean, moderated / np.maximum(count, 1), df, "moderated"
    _, pooled, total = spread(alone)
    single = count < 2
    variance = np.where(single, pooled, variance)
    df = np.where(single, total - 1, count - 1)
    return mean, variance / np.maximum(count, 1), df, "pooled" if single.any() else "clustered"


def cell_estimates(
    blocks: list[Array], everything: Array
) -> list[list[tuple[Estimate | None, str]]]:
    """Return each workflow's estimate of each dimension, and the method of its interval."""
    measured = [spread(block) for block in blocks]
    prior = None
    if blocks:
        variances = np.concatenate([variance for _, variance, _ in measured])
        dfs = np.concatenate([count - 1 for _, _, count in measured])
        prior = fit_prior(variances, dfs)
    found: list[list[tuple[Estimate | None, str]]] = []
    for block in blocks:
        mean, se2, df, method = _variance(block, everything, prior)
        count = (~np.isnan(block)).sum(-1)
        low, high = logit_interval(mean, np.sqrt(se2), df, count)
        found.append(
            [
                (_estimate(m, lo, hi), "exact" if m in (0.0, 1.0) else method)
                for m, lo, hi in zip(mean, low, high, strict=True)
            ]
        )
    return found


def gaps_of(
    block: Array, everything: Array, blocks: list[Array]
) -> list[tuple[Estimate | None, Estimate | None]]:
    """Return the gaps of each workflow to the best and to the median, with simultaneous 95 % bands projected."""
    differences = block[:, None, :] - block[None, :, :]
    alone = everything[:, None, :] - everything[None, :, :]
    pairs = [b[:, None, :] - b[None, :, :] for b in blocks]
    upper = np.triu_indices(len(block), 1)
    measured = [spread(pair[upper]) for pair in pairs]
    prior = fit_prior(
        np.concatenate([variance for _, variance, _ in measured]),
        np.concatenate([count - 1 for _, _, count in measured]),
    )
    mean, se2, df, _ = _variance(differences, alone, prior)
    return _project(mean, np.sqrt(se2), df)


def _project(mean: Array, se: Array, df: Array) -> list[tuple[Estimate | None, Estimate | None]]:
    """Project simultaneous bands of `mean[j, c]` onto the gaps to the best and the median."""
    size = len(mean)
    tail = 0.025 / max(1, size - 1)
    band = t_quantile(1 - tail, df) * se
    np.fill_diagonal(band, 0.0)
    found: list[tuple[Estimate | None, Estimate | None]] = []
    for c in range(size):
        valid = ~np.isnan(mean[:, c])
        if not valid.any() or size < 2:
            found.append((None, None))
            continue
        d, b = mean[valid, c], band[valid, c]
        low, high = np.max(d - b), np.max(d + b)
        best = _estimate(np.max(d), max(0.0, float(low)), min(1.0, float(high)))
        low, high = np.clip(
            (np.median(d - b), np.median(d + b)), -1, 1
        )  # a gap of scores is no larger
        median = _estimate(np.median(d), low, high)
        found.append((best, median))
    return found


def overall_estimates(blocks: list[Array], everything: Array) -> list[tuple[Estimate | None, str]]:
    """Average the dimension means; tasks are clustered within dimensions where each has two or more."""
    found: list[tuple[Estimate | None, str]] = []
    for w in range(len(everything)):
        parts = [block[w][~np.isnan(block[w])] for block in blocks]
        parts = [part for part in parts if part.size]
        if not parts:
            found.append((None, ""))
            continue
        mean, se2, df, method = _stratified(parts)
        count = sum(part.size for part in parts)
        low, high = logit_interval(
            np.array([mean]), np.array([np.sqrt(se2)]), np.array([df]), np.array([count])
        )
        found.append((_estimate(mean, low[0], high[0]), "exact" if mean in (0.0, 1.0) else method))
    return found


def overall_gaps(
    blocks: list[Array], everything: Array
) -> list[tuple[Estimate | None, Estimate | None]]:
    """Return the gaps of each workflow's overall score to the best and to the median."""
    size = len(everything)
    mean, se, df = (np.full((size, size), np.nan) for _ in range(3))
    for j in range(size):
        for c in range(size):
            parts = [(b[j] - b[c])[~np.isnan(b[j] - b[c])] for b in blocks]
            parts = [part for part in parts if part.size]
            if parts:
                value, se2, freedom, _ = _stratified(parts)
                mean[j, c], se[j, c], df[j, c] = value, np.sqrt(se2), freedom
    return _project(mean, se, df)


def _stratified(parts: list[Array]) -> tuple[float, float, float, str]:
    """Return the mean of means, its squared standard error, Satterthwaite's degrees of freedom, and the method.

    A dimension with one task has no spread of its own; then all tasks are one stratum.
    """
    means = [float(part.mean()) for part in parts]
    mean = sum(means) / len(means)
    if min(part.size for part in parts) >= 2:
        terms = [float(part.var(ddof=1)) / part.size / len(parts) ** 2 for part in parts]
        se2 = sum(terms)
        below = sum(t**2 / (part.size - 1) for t, part in zip(terms, parts, strict=True))
        df = se2**2 / below if below > 0 else float(sum(part.size - 1 for part in parts))
        return mean, se2, df, "stratified"
    weights = np.concatenate([np.full(p.size, 1 / (len(parts) * p.size)) for p in parts])
    values = np.concatenate(parts)
    n = values.size
    if n < 2:
        return mean, float("nan"), 0.0, "none"
    se2 = n / (n - 1) * float(((weights * (values - mean)) ** 2).sum())
    return mean, se2, float(n - 1), "one stratum"


def _estimate(value: Any, low: Any, high: Any) -> Estimate | None:
    if np.isnan(value):
        return None
    bounds = [None if np.isnan(bound) else float(bound) for bound in (low, high)]
    return Estimate(value=float(value), low=bounds[0], high=bounds[1])
