"""The gate: scripts that use the flags print and do what they do today.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from depot_scripts import OLD, check, drawn


def cases(seed):
    return drawn(OLD, seed)


def judge(case, answer):
    return check(case, answer)
