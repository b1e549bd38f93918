"""Durations in our settings."""


def parse(text):
    """Return a duration in seconds."""
    return int(text)
