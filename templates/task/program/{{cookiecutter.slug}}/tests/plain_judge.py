"""{{ cookiecutter.canary }}

What works today goes on working: plain numbers are seconds.
"""

import random


def cases(seed):
    draw = random.Random(seed)
    numbers = [0, 1, 60, *(draw.randrange(2, 100_000) for _ in range(5))]
    return [{"id": f"number {n}", "input": [str(v)], "wanted": [v]} for n, v in enumerate(numbers)]


def judge(case, answer):
    """Right means the very same plain data: `True` is no 1, and 1.0 is none either."""
    value = answer.get("value")
    right = value == case["wanted"] and all(type(one) is int for one in value)
    return right, f"{case['input']}: {str(answer)[:200]}"
