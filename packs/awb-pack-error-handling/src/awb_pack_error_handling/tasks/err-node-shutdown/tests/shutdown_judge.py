"""What must have been seen when the service was told to stop. The seed gives the order of the scenarios.

awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
"""

import random


def least(seconds):
    """At least this long, but for the clock's grain."""
    return lambda took: isinstance(took, (int, float)) and not isinstance(took, bool) and took >= seconds * 0.97


def whole_seconds(value):
    return isinstance(value, list) and all(isinstance(text, str) and text.isdigit() and int(text) >= 1 for text in value)


DRAINED, DEADLINE, SIGNAL = {"exit": 0}, {"exit": 1}, {"exit": 3}
CLEAN = {"lock": False, "socket": False}

EXPECTED = {
    "idle_term": DRAINED,
    "idle_int": DRAINED,
    "wrong_setting": {"exits": [2, 2]},
    "idle_connection": {**DRAINED, "closed": True},
    "silent_connections": {**DRAINED, "closed": [True, True]},
    "request_in_flight": {**DRAINED, "refused": True, "alive": True, "answer": [200, 'echo {"a":1}'], "closing": True},
    "several_requests_in_flight": {
        **DRAINED, "refused": True, "statuses": [200] * 5, "texts": [f'echo {{"n":{n}}}' for n in range(5)],
    },
    "upload_in_flight": {**DRAINED, "refused": True, "answer": [202, "queued"], "before": 0, "delivered": True},
    "slow_export": {**DRAINED, "refused": True, "alive": True, "lines": 2500},
    "readiness": {**SIGNAL, "ready": [503, {"status": "draining"}], "alive": [200, {"status": "ok"}]},
    "delay_serves_reads": {**SIGNAL, "shown": [200, True], "exported": [200, 1, True]},
    "delay_refuses_work": {
        **SIGNAL, "statuses": [503, 503], "bodies": [{"error": "draining"}] * 2, "closing": [True, True],
        "retry": whole_seconds, "calls": 0, "rests": True,
    },
    "delay_ends": {**DRAINED, "refused": True, "took": least(1.0)},
    "delay_is_under_the_deadline": {**DEADLINE, "took": least(0.8), "last": ["stopped", "deadline", 0]},
    "keep_alive_in_delay": {**SIGNAL, "answer": [200, 'echo {"a":1}'], "closing": True, "closed": True},
    "deadline_hits": {**DEADLINE, "took": least(0.9), "cut": True, "last": ["stopped", "deadline"]},
    "deadline_with_an_upload": {**DEADLINE, "refused": True, "took": least(0.9), **CLEAN},
    "deadline_returns_jobs": {
        **DEADLINE, "last": ["stopped", "deadline", 1], "ended": ["delivered", 0], "attempts": ["1", "1"],
    },
    "second_signal": {**SIGNAL, "cut": True, "last": ["stopped", "signal"], **CLEAN},
    "second_signal_of_the_other_kind": {**SIGNAL, "last": ["stopped", "signal", 1], "ended": ["delivered", 0]},
    "delivery_in_flight": {
        **DRAINED, "refused": True, "alive": True, "last": ["stopped", "drained", 0], "ended": ["delivered", 0], "calls": 1,
    },
    "waiting_jobs": {
        **DRAINED, "refused": True, "calls": 1, "last": ["stopped", "drained", 2], "ended": ["delivered"] * 3,
        "bodies": ["0", "1", "2"],
    },
    "waiting_for_a_retry": {**DRAINED, "last": ["stopped", "drained", 1], "ended": ["delivered", 1], "calls": 2},
    "fails_while_draining": {
        **DRAINED, "refused": True, "calls": 1, "last": ["stopped", "drained", 1], "ended": ["delivered", 1],
    },
    "dies_while_draining": {
        **DRAINED, "refused": True, "last": ["stopped", "drained", 0], "ended": ["dead", 1], "calls": 1,
    },
    "event_streams": {**DRAINED, "events": ["event: shutdown\ndata: {}"]},
    "long_polls": {**DRAINED, "answer": [200, "running"], "closing": True, "alive": True},
    "late_streams_and_polls": {
        **SIGNAL, "polled": [200, "running"], "streamed": True, "jobs": {"queued": 1, "running": 0, "delivered": 0, "dead": 0},
    },
    "final_stats": {**DRAINED, "jobs": {"queued": 0, "running": 0, "delivered": 4, "dead": 0}},
    "accepted_is_kept": {**DEADLINE, "last": ["stopped", "deadline", 20], "ended": [["delivered", 0]] * 20},
    "signal_at_the_start": {**DRAINED, "listened": False, "last": ["stopped", "drained", 0], **CLEAN},
    "signal_at_the_start_with_jobs": {
        **DRAINED, "calls": 0, "last": ["stopped", "drained", 2], "ended": ["delivered"] * 2,
    },
    "clean_end": {**DRAINED, "last": ["stopped", "drained", 0], **CLEAN},
    "deadline_end": {**DEADLINE, "last": ["stopped", "deadline", 1], **CLEAN},
    "client_that_left": {**DRAINED, "refused": True},
}


def cases(seed):
    names = list(EXPECTED)
    random.Random(seed).shuffle(names)
    return [{"id": name, "input": {"scenario": name}} for name in names]


def judge(case, answer):
    value = answer.get("value")
    if not isinstance(value, dict):
        return False, f"{answer}"[:300]
    wrong = []
    for key, wanted in EXPECTED[case["id"]].items():
        seen = value.get(key)
        right = wanted(seen) if callable(wanted) else seen == wanted and type(seen) is type(wanted)
        if not right:
            wrong.append(f"{key}: {seen!r}"[:140])
    return (True, "") if not wrong else (False, "; ".join(wrong)[:400])
