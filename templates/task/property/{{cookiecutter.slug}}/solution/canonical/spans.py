"""Spans of minutes: `[start, end]` covers start, start + 1, ... up to, but not including, end."""

from itertools import pairwise


def merge(spans):
    """Return the shortest list of spans that covers the same minutes."""
    merged = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def total(spans):
    """Return how many minutes are covered."""
    return sum(end - start for start, end in merge(spans))


def gaps(spans):
    """Return the spans that nothing covers, between the first and the last covered minute."""
    return [[before[1], after[0]] for before, after in pairwise(merge(spans))]
