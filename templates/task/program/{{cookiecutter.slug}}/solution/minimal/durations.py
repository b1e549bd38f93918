"""Durations in our settings."""

import re

SUM = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class DurationError(ValueError):
    """A text that is no duration."""


def parse(text):
    """Return a duration in seconds."""
    if text.isdigit():
        return int(text)
    found = SUM.fullmatch(text)
    if not found or not text:
        raise DurationError(text)
    days, hours, minutes, seconds = (int(count or 0) for count in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
