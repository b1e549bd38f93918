"""The gate: what the service did before it still does.

awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
"""

EXPECTED = {
    "health": {"/healthz": {"status": "ok"}, "/readyz": {"status": "ready"}},
    "errors": {"unknown": 404, "method": 405, "topic": 422, "size": 413, "job": 404},
    "delivers": {"ended": ["delivered", 0], "bodies": ['{"n":1}']},
    "retries": {"bad": ["dead", 3], "gone": ["dead", 1], "attempts": ["1", "2", "3"]},
    "relays": {"first": [200, 'echo {"a":1}'], "second": [502, {"error": "downstream", "reason": "status 500"}]},
    "keeps_alive": {"statuses": [200, 200], "closing": [False, False], "same": True},
    "exports": {"status": 200, "lines": 5, "type": "application/x-ndjson"},
    "streams": {"status": 200, "events": 3, "mine": True},
    "polls": {"early": ["running", 0], "limit": 1},
    "survives_a_kill": {"done": ["delivered", 0], "open": ["delivered", 0], "news": 1},
    "refuses_a_locked_journal": {"locked": 2, "config": 2},
    "reads_an_old_journal": {"first": ["delivered", 2], "second": ["delivered", 0], "calls": 1},
}


def cases(seed):
    return [{"id": name, "input": {"scenario": name}} for name in EXPECTED]


def judge(case, answer):
    value = answer.get("value")
    if value == EXPECTED[case["id"]]:
        return True
    return False, f"{answer}"[:300]
