"""Programs for the knitting machine."""

from itertools import groupby


def encode(row):
    """Return a program that knits a row of stitches; runs are counted."""
    runs = [(letter, len(list(run))) for letter, run in groupby(row)]
    return "".join(letter if count == 1 else f"{count}{letter}" for letter, count in runs)
