"""Find parts of a fix that make a lower rung of the ladder: by trying them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from awb_core.scaffold.mining.parts import Piece

MOST_TRIES = 24
"""Parts of the fix that are tried."""
FEW = 4
"""Pieces of which every choice can be tried."""
LIFT = 0.1
"""How far the midpoint lies below `minimal`, as a share of what is left above it: its score is then at most .60."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a part of the fix came to."""

    pieces: tuple[Piece, ...]
    share: float
    """Share of the required tests that pass."""
    keeps: bool
    """Whether every gate holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rungs:
    """The rungs that were found; None where there is none."""

    partial: Tried | None
    minimal: Tried | None


def find_rungs(pieces: tuple[Piece, ...], measure: Callable[[tuple[Piece, ...]], Tried]) -> Rungs:
    """Try parts of the fix until two of them stand at different heights below it.

    With only one height the part becomes `partial`: that half a fix is not acceptable needs no judgement of an author.
    """
    tried: list[Tried] = []
    for chosen in list(choices(pieces))[:MOST_TRIES]:
        result = measure(chosen)
        if 0 < result.share < 1:
            tried.append(result)
        rungs = _pick(tried)
        if rungs.minimal and rungs.partial and rungs.partial.share <= 0.8 * rungs.minimal.share:
            break
    return _pick(tried)


def choices(pieces: tuple[Piece, ...]) -> Iterator[tuple[Piece, ...]]:
    """Yield parts of a fix, each once: all of them where they are few, else the most telling ones first."""
    if len(pieces) <= FEW:
        for size in range(len(pieces) - 1, 0, -1):
            yield from combinations(pieces, size)
        return
    files = list(dict.fromkeys(piece.name for piece in pieces))
    groups = [tuple(p for p in pieces if p.name != name) for name in files]
    groups += [tuple(p for p in pieces if p.name == name) for name in files]
    groups += [pieces[:cut] for cut in (len(pieces) // 2, len(pieces) * 3 // 4, len(pieces) // 4)]
    groups += [tuple(p for p in pieces if p != one) for one in pieces]
    groups += [(one,) for one in pieces]
    yield from dict.fromkeys(group for group in groups if 0 < len(group) < len(pieces))


def midpoint_below(share: float, tests: int) -> float:
    """Return the midpoint for a measured `minimal`: half a test below it, or less where tests are few."""
    return share - min(0.5 / tests, LIFT * (1 - share))


def _pick(tried: list[Tried]) -> Rungs:
    good = sorted((one for one in tried if one.keeps), key=lambda one: one.share)
    if not good:
        return Rungs(partial=None, minimal=None)
    minimal = good[-1]
    lower = [one for one in good if one.share < minimal.share]
    if not lower:
        return Rungs(partial=minimal, minimal=None)
    # About half of the work is the partial solution that says most.
    return Rungs(
        partial=min(lower, key=lambda one: abs(one.share - minimal.share / 2)), minimal=minimal
    )
