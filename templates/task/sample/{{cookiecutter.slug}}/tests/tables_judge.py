"""{{ cookiecutter.canary }}

Runs outside the sandbox: the hidden data, and what is right. Each family of cases needs one more rule.
"""

import random

WORDS = ("kiwi", "fig", "banana", "plum", "watermelon", "date", "elderberry", "quince", "pear", "lime")


def cases(seed):
    draw = random.Random(seed)
    families = {"words": (words, 8), "numbers": (numbers, 8), "cut": (cut, 8)}
    return [
        {"id": f"{name}: {number}", "input": make(draw)}
        for name, (make, count) in families.items()
        for number in range(count)
    ]


def judge(case, answer):
    wanted = table(case["input"]["rows"], **case["input"]["options"])
    return answer.get("value") == wanted, f"wanted {wanted!r}, got {str(answer)[:200]}"


def words(draw):
    columns = draw.randrange(2, 5)
    rows = [[draw.choice(WORDS) for _ in range(columns)] for _ in range(draw.randrange(2, 6))]
    return {"rows": [["fruit", "sort", "shelf", "remark"][:columns], *rows], "options": {}}


def numbers(draw):
    # Twelve of a kind and more, so that a column of numbers needs its alignment.
    rows = [[draw.choice(WORDS), str(n * draw.choice([1, -1])), "9a"] for n in (3, 47, draw.randrange(100, 10**6))]
    draw.shuffle(rows)
    return {"rows": [["fruit", "n", "code"], *rows], "options": {}}


def cut(draw):
    width = draw.randrange(4, 9)
    rows = [[draw.choice(WORDS), "x" * draw.randrange(width + 1, 30), "abcdefghij"[:width]] for _ in range(3)]
    return {"rows": [["fruit", "long", "exact"], *rows], "options": {"width": width}}


def table(rows, width=10**6):
    rows = [[cell if len(cell) <= width else cell[: width - 3] + "..." for cell in row] for row in rows]
    columns = list(zip(*rows, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    right = [all(cell.lstrip("-").isdigit() for cell in column[1:]) for column in columns]
    lines = [rows[0], ["-" * size for size in widths], *rows[1:]]
    return "\n".join(
        "  ".join(
            cell.rjust(size) if number else cell.ljust(size)
            for cell, size, number in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )
