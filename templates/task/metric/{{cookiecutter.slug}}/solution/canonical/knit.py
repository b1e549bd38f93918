"""Programs for the knitting machine."""

from functools import cache


@cache
def encode(row):
    """Return a shortest program that knits a row of stitches."""
    best = row
    for program in (*_repeated(row), *_divided(row)):
        if len(program) < len(best):
            best = program
    return best


def _repeated(row):
    """Yield programs that repeat a pattern which makes up the whole row."""
    period = (row + row).find(row, 1)
    if period < len(row):
        inner = encode(row[:period])
        count = len(row) // period
        yield f"{count}{inner}" if len(inner) == 1 else f"{count}({inner})"


def _divided(row):
    """Yield programs of a first part and of the rest."""
    for cut in range(1, len(row)):
        yield encode(row[:cut]) + encode(row[cut:])
