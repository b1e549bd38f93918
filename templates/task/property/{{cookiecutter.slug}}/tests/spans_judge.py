"""{{ cookiecutter.canary }}

Runs outside the sandbox. It states what must hold of an answer, and computes no answer of its own kind.
"""

from itertools import pairwise

from hypothesis import strategies

WORTH = {"merge": 0.5, "total": 0.3, "gaps": 0.2}


def inputs():
    """Bookings in which spans overlap, touch, contain each other and leave gaps, in any order."""
    span = strategies.tuples(strategies.integers(0, 200), strategies.integers(1, 30)).map(
        lambda pair: [pair[0], pair[0] + pair[1]]
    )
    return strategies.lists(span, min_size=1, max_size=7).flatmap(_with_company)


def _with_company(spans):
    first, highest = spans[0], max(end for _, end in spans)
    far = highest + 7
    company = [
        [first[0], first[1] + 3],
        [far, far + 9],
        [far + 2, far + 4],
        [far + 9, far + 11],
        [far + 20, far + 21],
    ]
    return strategies.permutations(spans + company)


def holds(bookings, answer):
    """Credit for each function by what it is worth; any plain data may come back."""
    value = answer.get("value")
    if not isinstance(value, dict):
        return 0.0, str(answer)[:200]
    covered = {minute for start, end in bookings for minute in range(start, end)}
    between = set(range(min(covered), max(covered) + 1)) - covered
    right = {
        "merge": _is_shortest(_result(value, "merge"), covered),
        "total": _same(_result(value, "total"), len(covered)),
        "gaps": _is_shortest(_result(value, "gaps"), between),
    }
    wrong = [name for name, good in right.items() if not good]
    return sum(WORTH[name] for name in right if right[name]), f"wrong: {wrong} for {bookings}"


def _result(value, name):
    entry = value.get(name)
    if not isinstance(entry, dict) or entry.get("changed") is not False:
        return None
    return entry.get("result")


def _same(found, wanted):
    return type(found) is int and found == wanted


def _is_shortest(found, minutes):
    """Ascending spans with a gap between any two, which cover exactly these minutes."""
    if not isinstance(found, list):
        return False
    for span in found:
        if not isinstance(span, list) or len(span) != 2 or not all(type(n) is int for n in span):
            return False
        if not -1 < span[0] < span[1] < 100_000:
            return False
    apart = all(one[1] < two[0] for one, two in pairwise(found))
    return apart and {m for start, end in found for m in range(start, end)} == minutes
