"""From measurements to a verdict and a score: pure functions."""

from awb_core.scoring.progress import HILL, curve, inverse_curve, progress
from awb_core.scoring.verdict import GateResult, Part, Scored, score_checks

__all__ = [
    "HILL",
    "GateResult",
    "Part",
    "Scored",
    "curve",
    "inverse_curve",
    "progress",
    "score_checks",
]
