"""Spans of minutes: `[start, end]` covers start, start + 1, ... up to, but not including, end."""


def merge(spans):
    """Return the shortest list of spans that covers the same minutes."""
    result = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1][1] = max(result[-1][1], end)
        else:
            result.append([start, end])
    return result


def total(spans):
    """Return how many minutes are covered."""
    return sum(end - start for start, end in spans)


def gaps(spans):
    """Return the spans that nothing covers, between the first and the last covered minute."""
    raise NotImplementedError
