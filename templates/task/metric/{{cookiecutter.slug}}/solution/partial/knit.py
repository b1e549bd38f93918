"""Programs for the knitting machine."""

import re


def encode(row):
    """Return a program that knits a row of stitches; runs of six and more are counted."""
    return re.sub(r"(.)\1{5,}", lambda run: f"{len(run[0])}{run[1]}", row)
