"""Spans of minutes: `[start, end]` covers start, start + 1, ... up to, but not including, end."""


def merge(spans):
    """Return the shortest list of spans that covers the same minutes."""
    raise NotImplementedError


def total(spans):
    """Return how many minutes are covered."""
    raise NotImplementedError


def gaps(spans):
    """Return the spans that nothing covers, between the first and the last covered minute."""
    raise NotImplementedError
