"""Progress between measured anchors, and the curve that turns it into a score.

Progress `P` is 0 at the floor, 1/2 at the midpoint, 1 at saturation, and grows on without a clip. The score is the
log-logistic curve `S(P) = P^h / (P^h + (1/2)^h)` with `h = log2(19)`, so S(0) = 0, S(1/2) = .5, S(1) = .95.
"""

from __future__ import annotations

import math

from awb_core.model import Anchors

HILL = math.log2(19)
"""The exponent that makes S(1) = .95."""


def progress(value: float, anchors: Anchors) -> float:
    """Return the progress of a measured value, at least 0 and without an upper bound.

    A value that is not finite, or outside the domain of a log scale, is no progress at all unless it lies beyond
    the good end of that scale (a count that reached 0 without an offset), which counts as saturation.
    """
    if not math.isfinite(value):
        return 0.0
    if anchors.scale == "log" and value + anchors.offset <= 0:
        return 1.0 if anchors.goal == "minimise" else 0.0
    floor, midpoint, saturation = (
        _working(anchor, anchors)
        for anchor in (anchors.floor, anchors.midpoint, anchors.saturation)
    )
    # Equality is decided on the raw values, so that an anchor maps to its own progress exactly.
    for anchor, exact in (
        (anchors.midpoint, 0.5),
        (anchors.saturation, 1.0),
        (anchors.floor, 0.0),
    ):
        if value == anchor:
            return exact
    x = _working(value, anchors)
    if x < midpoint:
        return min(max(0.0, 0.5 * (x - floor) / (midpoint - floor)), math.nextafter(0.5, 0))
    return 0.5 + 0.5 * (x - midpoint) / (saturation - midpoint)


def curve(p: float) -> float:
    """Return the score in [0, 1) of a progress."""
    if p <= 0:
        return 0.0
    if p < 0.5:  # this form cannot overflow
        ratio = float((2 * p) ** HILL)
        return ratio / (1 + ratio)
    return 1 / (1 + float((0.5 / p) ** HILL))


def inverse_curve(score: float) -> float:
    """Return the progress that has this score; `score` lies in [0, 1).

    Raises:
        ValueError: the score is outside [0, 1).
    """
    if not 0 <= score < 1:
        message = f"a score lies in [0, 1), not {score}"
        raise ValueError(message)
    return 0.5 * float((score / (1 - score)) ** (1 / HILL))


def _working(value: float, anchors: Anchors) -> float:
    scaled = math.log(value + anchors.offset) if anchors.scale == "log" else value
    return -scaled if anchors.goal == "minimise" else scaled
