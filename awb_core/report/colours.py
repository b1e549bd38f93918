"""A colour ramp that is even in lightness and readable with any colour vision."""

from __future__ import annotations

from itertools import pairwise

RAMP = (
    (0.00, (0, 34, 78)),
    (0.25, (65, 77, 107)),
    (0.50, (124, 123, 120)),
    (0.75, (188, 174, 108)),
    (1.00, (254, 232, 56)),
)
"""Dark blue over grey to yellow; anchors of the cividis map, which was made for colour-blind readers."""

STRIPE_OPACITY = 0.35


def background(value: float) -> tuple[int, int, int]:
    """Return the colour of a value in [0, 1]."""
    value = min(1.0, max(0.0, value))
    for (low, a), (high, b) in pairwise(RAMP):
        if value <= high:
            t = (value - low) / (high - low)
            return tuple(round(x + t * (y - x)) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]
    return RAMP[-1][1]


def foreground(value: float) -> tuple[int, int, int]:
    """Return black or white, whichever stands out more on the background."""
    red, green, blue = (_linear(channel / 255) for channel in background(value))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (0, 0, 0) if luminance > 0.18 else (255, 255, 255)


def stripe(value: float) -> str:
    """Return the stripes of a cell that asks for caution: away from its text, which stays as readable."""
    channel = 255 - foreground(value)[0]
    return f"rgb({channel} {channel} {channel} / {STRIPE_OPACITY})"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
