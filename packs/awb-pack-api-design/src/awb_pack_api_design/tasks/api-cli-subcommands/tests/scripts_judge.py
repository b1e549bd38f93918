"""The share of scripts over the new design that go right from the first line to the last.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from depot_scripts import NEW, check, drawn


def cases(seed):
    return drawn(NEW, seed)


def judge(case, answer):
    return check(case, answer)
