"""The application runs on the versions it was to be moved to.

awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""

from __future__ import annotations


def cases(seed: int) -> list[dict]:
    """One case: the versions in use."""
    return [{"id": "versions", "input": {"kind": "versions"}}]


def judge(case: dict, answer: dict) -> tuple[bool, str]:
    """Flask 3.1.2 and Werkzeug 3, from the environment, with an application of theirs that answers."""
    value = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(value, dict):
        return False, str(answer)[:300]
    right = (
        value.get("flask") == "3.1.2"
        and str(value.get("werkzeug")).startswith("3.")
        and value.get("outside") is True
        and value.get("is_flask") is True
        and value.get("status") == 200
        and value.get("about") == "tidewater, Flask 3.1.2"
    )
    return right, str(value)[:300]
