"""{{ cookiecutter.canary }}

The length of all programs, measured in the length of programs that only count runs. What is wrong saves nothing.
"""

from rows import knit, plain_runs, rows


def cases(seed):
    return rows(seed)


def measure(cases, answers):
    items, total, yardstick = [], 0, 0
    for case in cases:
        row, program = case["input"], answers[case["id"]].get("value")
        right = knit(program) == row
        total += len(program) if right else len(row)
        yardstick += plain_runs(row)
        items.append({"id": case["id"], "credit": float(right), "note": str(program)[:100]})
    return {"value": total / yardstick, "items": items}
