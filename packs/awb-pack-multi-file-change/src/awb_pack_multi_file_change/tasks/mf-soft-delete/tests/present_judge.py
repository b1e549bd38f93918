"""The gate: programs that delete nothing give what they have always given.

awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""

import random

from crm_programs import build_present
from programs_judge import holds


def cases(seed):
    draw = random.Random(seed)
    numbers = [draw.randrange(1 << 40) * 4 + index % 4 for index in range(24)]
    return [{"id": f"p{index:02}", "input": build_present(number)} for index, number in enumerate(numbers)]


def judge(case, answer):
    return holds(case["input"], answer)
