"""{{ cookiecutter.canary }}

Every program gives its row.
"""

from rows import knit, rows


def cases(seed):
    return rows(seed)


def judge(case, answer):
    return knit(answer.get("value")) == case["input"], f"{case['input']}: {str(answer)[:200]}"
