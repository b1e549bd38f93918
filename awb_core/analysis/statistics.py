"""Task-clustered estimates with moderated variances: closed forms.

Sources: clustered standard errors and paired differences, Miller 2024 (arXiv 2411.00640); moderated variances, Smyth
2004 (limma); the exact interval at 0 and 1, Clopper and Pearson 1934, on tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]

PRIOR_DF_CAP = 50.0
"""Largest weight of the common variance, in degrees of freedom."""

LEVEL = 0.95

EDGE = 1e-6
"""Means closer than this to 0 or 1 count as exactly 0 or 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """The variance that cells have in common, and how many degrees of freedom it is worth."""

    df: float
    variance: float


def fit_prior(variances: Array, dfs: Array) -> Prior | None:
    """Fit a scaled F prior to sample variances by the moments of their logarithms; None if there are too few.

    Variances of exactly 0 say nothing about the scale and are left out.
    """
    from scipy.special import digamma, polygamma

    use = (dfs > 0) & (variances > 0) & np.isfinite(variances)
    if use.sum() < 2:
        return None
    s2, df = variances[use], dfs[use]
    e = np.log(s2) - digamma(df / 2) + np.log(df / 2)
    mean, spread = float(e.mean()), float(e.var(ddof=1) - polygamma(1, df / 2).mean())
    if spread <= 0:
        return Prior(df=PRIOR_DF_CAP, variance=float(np.exp(mean)))
    x = 0.5 + 1 / spread
    for _ in range(40):  # inverse trigamma by Newton's method
        tri = float(polygamma(1, x))
        x += tri * (1 - tri / spread) / float(polygamma(2, x))
    d0 = float(2 * x)
    variance = float(np.exp(mean + digamma(d0 / 2) - np.log(d0 / 2)))
    return Prior(df=min(d0, PRIOR_DF_CAP), variance=variance)


def moderate(variances: Array, dfs: Array, prior: Prior | None) -> tuple[Array, Array]:
    """Return variances drawn towards the prior, and their degrees of freedom."""
    if prior is None:
        return variances, dfs
    own = np.where(dfs > 0, variances, 0.0)
    total = prior.df + dfs
    return (prior.df * prior.variance + dfs * own) / total, total


def t_quantile(probability: float | Array, df: Array) -> Array:
    """Return quantiles of Student's t; NaN where there are no degrees of freedom."""
    from scipy.special import stdtrit

    return np.where(df > 0, stdtrit(np.maximum(df, 1e-9), probability), np.nan)


def logit_interval(mean: Array, se: Array, df: Array, tasks: Array) -> tuple[Array, Array]:
    """Return the 95 % interval of means in [0, 1] by t on the logit scale.

    At 0 or 1 the exact binomial bound on the number of tasks takes its place.
    """
    tail = (1 - LEVEL) / 2
    mean = np.where(mean < EDGE, 0.0, np.where(mean > 1 - EDGE, 1.0, mean))
    q = t_quantile(1 - tail, df)
    inner = np.clip(mean, 1e-9, 1 - 1e-9)
    centre, width = np.log(inner / (1 - inner)), q * se / (inner * (1 - inner))
    low, high = _expit(centre - width), _expit(centre + width)
    exact = tail ** (1 / np.maximum(tasks, 1))
    low = np.where(mean >= 1, exact, np.where(mean <= 0, 0.0, low))
    high = np.where(mean <= 0, 1 - exact, np.where(mean >= 1, 1.0, high))
    return low, high


def _expit(x: Array) -> Array:
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def spread(values: Array) -> tuple[Array, Array, Array]:
    """Return mean, sample variance and count along the last axis, NaN left out; variance 0 where the count is 1."""
    present = ~np.isnan(values)
    count = present.sum(-1).astype(float)
    filled = np.where(present, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(-1) / count
        deviation = np.where(present, values - mean[..., None], 0.0)
        variance = (deviation**2).sum(-1) / np.maximum(count - 1, 1)
    return mean, variance, count
