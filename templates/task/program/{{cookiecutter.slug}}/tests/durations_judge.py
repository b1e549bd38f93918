"""{{ cookiecutter.canary }}

Runs outside the sandbox. What is right is known by construction: the texts are made from the seconds.
"""

import random

SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def cases(seed):
    draw = random.Random(seed)
    families = {"units": (units, 6), "sums": (sums, 6), "blanks": (blanks, 3), "fractions": (fractions, 3)}
    made = []
    for name, (make, count) in families.items():
        for number in range(count):
            text, wanted = make(draw, number)
            made.append({"id": f"{name}: {number}", "input": [text], "wanted": [wanted]})
    for number, make in enumerate(REFUSED):
        # A text that is right stands beside the wrong one: who refuses everything gets nothing.
        text, wanted = units(draw, number)
        made.append({"id": f"refused: {number}", "input": [text, make(draw)], "wanted": [wanted, "refused"]})
    return made


def judge(case, answer):
    """Right means the very same plain data: `True` is no 1, and 1.0 is none either."""
    value, wanted = answer.get("value"), case["wanted"]
    right = value == wanted and all(type(a) is type(b) for a, b in zip(value, wanted))
    return right, f"{case['input']}: {str(answer)[:200]}"


def units(draw, number):
    unit = "dhms"[number % 4]
    count = draw.randrange(2, 90)
    return f"{count}{unit}", count * SECONDS[unit]


def sums(draw, number):
    chosen = ("hm", "dh", "ms", "dhm", "hs", "dhms")[number]
    counts = [draw.randrange(1, 50) for _ in chosen]
    text = "".join(f"{count}{unit}" for count, unit in zip(counts, chosen))
    return text, sum(count * SECONDS[unit] for count, unit in zip(counts, chosen))


def blanks(draw, number):
    hours, minutes = draw.randrange(1, 9), draw.randrange(1, 60)
    text = (f" {hours}h{minutes}m", f"{hours}h  {minutes}m", f"{hours}h {minutes}m ")[number]
    return text, hours * 3600 + minutes * 60


def fractions(draw, number):
    whole = draw.randrange(1, 9)
    if number == 0:
        return f"{whole}.5h", whole * 3600 + 1800
    if number == 1:
        return f"{whole}.25m", whole * 60 + 15
    return f"1d{whole}.1h", 86400 + whole * 3600 + 360


REFUSED = (
    lambda draw: f"{draw.randrange(2, 9)}x",
    lambda draw: f"{draw.randrange(2, 9)}w2d",
    lambda draw: f"{draw.randrange(2, 9)}m1h",
    lambda draw: f"{draw.randrange(2, 9)}s3d",
    lambda draw: f"{draw.randrange(2, 9)}h2h",
    lambda draw: f"-{draw.randrange(2, 9)}m",
    lambda draw: f"+{draw.randrange(2, 9)}m",
    lambda draw: "",
    lambda draw: "h",
    lambda draw: f"{draw.randrange(2, 9)}.01m",
)
