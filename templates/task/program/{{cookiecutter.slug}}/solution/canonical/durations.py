"""Durations in our settings: `90`, `15m`, `1h 30m`, `1.5h`."""

import re
from fractions import Fraction

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
PART = re.compile(r"\s*([0-9]+)(\.[0-9]+)?([dhms])")


class DurationError(ValueError):
    """A text that is no duration."""


def parse(text):
    """Return a duration in whole seconds.

    Raises:
        DurationError: the text is no duration, or not one of whole seconds.
    """
    stripped = text.strip()
    if re.fullmatch(r"[0-9]+", stripped):
        return int(stripped)
    total = _total(stripped)
    if total.denominator != 1:
        raise DurationError(f"{text!r} is no whole number of seconds")
    return int(total)


def _total(text):
    total, place, smallest = Fraction(0), 0, float("inf")
    while place < len(text):
        part = PART.match(text, place)
        if not part or UNITS[part[3]] >= smallest:
            raise DurationError(f"{text!r} is no duration, from {text[place:]!r} on")
        place, smallest = part.end(), UNITS[part[3]]
        if part[2] and place < len(text):
            raise DurationError(f"{text!r}: only the last part may have a fraction")
        total += Fraction(part[1] + (part[2] or "")) * smallest
    if not place:
        raise DurationError("an empty text is no duration")
    return total
