"""{{ cookiecutter.canary }}

Runs outside the sandbox: what each function returns, in numbers that the seed draws.
"""

import random


def cases(seed):
    draw = random.Random(seed)
    made = []
    for number in range(3):
        price, count = draw.randrange(100, 9999), draw.randrange(2, 30)
        lines = [[draw.randrange(100, 9999), draw.randrange(1, 9)] for _ in range(4)]
        percent, kind = draw.randrange(1, 40), draw.choice(["standard", "reduced"])
        amount = sum(p * c for p, c in lines)
        less = amount - amount * percent // 100
        final = less + less * {"standard": 20, "reduced": 5}[kind] // 100
        plain = amount + amount * 20 // 100
        rows = [f"{p:>8} x {c}" for p, c in lines]
        weights = [draw.randrange(100, 1999), draw.randrange(2000, 9000)]
        wanted = {
            "line_total": [([price, count], price * count), ([price], price)],
            "subtotal": [([lines], amount), ([[]], 0)],
            "discount": [([price, percent], price * percent // 100), ([price], 0)],
            "tax": [([price, "reduced"], price * 5 // 100), ([price], price // 5), ([price, "none"], 0)],
            "shipping": [([weights], 1000), ([[1999]], 300), ([[2000, 2000]], 1400)],
            "total": [([lines, percent, kind], final), ([lines], plain)],
            "parse_line": [
                ([f"{price}x{count}"], [price, count]),
                ([str(price)], [price, 1]),
                (["axb"], None),
                (["3x"], [3, 1]),
                ([None], None),
            ],
            "render": [
                ([lines, percent, kind], "\n".join([*rows, f"{final:>8}"])),
                ([lines], "\n".join([*rows, f"{plain:>8}"])),
            ],
        }
        for name, pairs in wanted.items():
            calls = [[name, arguments] for arguments, _ in pairs]
            made.append({"id": f"{name}: {number}", "input": calls, "wanted": [w for _, w in pairs]})
    return made


def judge(case, answer):
    """Right means the very same plain data."""
    value = answer.get("value")
    right = isinstance(value, list) and repr(value) == repr(case["wanted"])
    return right, f"{case['input']}: {str(answer)[:200]}"
