"""{{ cookiecutter.canary }}

The rows that both judges ask for, and the machine that reads programs.
"""

import random
import re

LONGEST = 70
TOKEN = re.compile(r"([1-9][0-9]*)?([a-z(])|(\))")


def rows(seed):
    """Rows in which letters come in runs, and runs in patterns."""
    draw = random.Random(seed)
    made = []
    for number in range(24):
        row = ""
        while len(row) < 40:
            runs = ["abcdefgh"[draw.randrange(8)] * draw.randrange(1, 8) for _ in range(1 + number % 3)]
            row += "".join(runs) * draw.randrange(2, 6)
        made.append({"id": f"row {number}", "input": row[:LONGEST]})
    return made


def knit(program):
    """Return the row of a program; None if it is no program or gives too long a row."""
    if not isinstance(program, str) or len(program) > LONGEST:
        return None
    stack, place = [("", 1)], 0
    while place < len(program):
        token = TOKEN.match(program, place)
        if token is None:
            return None
        place = token.end()
        count = min(int(token[1] or 1), LONGEST + 1)
        if token[2] == "(":
            stack.append(("", count))
            continue
        if token[3]:
            if len(stack) == 1 or not stack[-1][0]:
                return None
            piece, count = stack.pop()
        else:
            piece = token[2]
        before, times = stack[-1]
        stack[-1] = (before + piece * count, times)
        if len(stack[-1][0]) > LONGEST:
            return None
    return stack[0][0] if len(stack) == 1 else None


def plain_runs(row):
    """Return the length of a program that only counts runs of one letter."""
    runs = [len(match[0]) for match in re.finditer(r"(.)\1*", row)]
    return sum(1 if run == 1 else 1 + len(str(run)) for run in runs)
