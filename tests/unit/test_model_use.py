"""The outcome of an agent's trial rests on what the gateway saw."""

import pytest

from awb_core.engine.model_use import CAUSES, compare_claims, ending
from awb_core.model import Outcome


def call(status=200, operation="chat", denied=None, error=None, words=""):
    return {
        "operation": operation,
        "status": status,
        "denied": denied,
        "error": error,
        "provider_error": words,
    }


OK = call()
LEFT = call(500, error="cut_by_client")
"""An error of which the tool read the status only."""
FINISHED, FAILED, LATE = Outcome.FINISHED, Outcome.AGENT_ERROR, Outcome.AGENT_TIMEOUT

INVALID = {
    "no request at all": ((), FINISHED, "no_model_call"),
    "only listed models": ((call(operation="models"),), FINISHED, "no_model_call"),
    "401 to the end, exit 0": ((call(401), call(401)), FINISHED, "auth_failed"),
    "403 to the end": ((call(403),), FAILED, "auth_failed"),
    "429 to the end": ((call(429),) * 5, LATE, "overloaded"),
    "529 to the end": ((call(529),), FAILED, "overloaded"),
    "500 to the end": ((call(500),) * 3, FAILED, "api_errors"),
    "500 to the end, its words unread": ((LEFT,) * 3, FAILED, "api_errors"),
    "500 at the end, its words unread": ((OK, LEFT), FAILED, "api_errors"),
    "an unknown model": ((call(404),), FAILED, "api_errors"),
    "never reached": ((call(502, error="unreachable"),), FAILED, "unreachable"),
    "never answered": ((call(None, error="open"),), LATE, "no_answer"),
    "timed out each time": ((call(504, error="timeout"),) * 2, FAILED, "no_answer"),
    "no key": ((call(502, denied="key"),), FAILED, "key_missing"),
    "500 at the end after answers": ((OK, call(500), call(500)), FAILED, "api_errors"),
    "429 at the end after answers": ((OK, call(429)), FAILED, "overloaded"),
    "a cut stream at the end": ((OK, call(200, error="cut_by_upstream")), FAILED, "api_errors"),
}

VALID = {
    "answers": ((OK, OK), FINISHED, FINISHED),
    "a failure of its own after answers": ((OK,), FAILED, FAILED),
    "errors that it got over": ((OK, call(500), call(529), OK), FINISHED, FINISHED),
    "too long a prompt at the end": ((OK, call(400)), FAILED, FAILED),
    "an error at the end of a good end": ((OK, call(500)), FINISHED, FINISHED),
    "out of time while it asked": ((OK, call(None, error="open")), LATE, LATE),
    "cut off by its own end": ((OK, call(200, error="cut_by_client")), FAILED, FAILED),
}


@pytest.mark.parametrize("name", INVALID)
def test_what_is_no_fault_of_the_workflow_makes_a_trial_invalid(name):
    requests, outcome, cause = INVALID[name]

    end = ending(outcome, requests, {})

    assert (end.outcome, end.cause) == (Outcome.INFRA_ERROR, cause)
    assert CAUSES[cause] in end.note


@pytest.mark.parametrize("name", VALID)
def test_what_the_workflow_did_keeps_its_outcome(name):
    requests, outcome, expected = VALID[name]

    end = ending(outcome, requests, {})

    assert (end.outcome, end.cause) == (expected, "")


def test_a_claimed_error_makes_provider_failures_at_the_end_count_whatever_the_exit_code():
    assert ending(FINISHED, (OK, call(401)), {"error": "gave up"}).cause == "auth_failed"


def test_a_spent_budget_ends_a_trial_with_a_score_unless_it_never_began():
    spent = call(400, denied="budget")

    assert ending(FAILED, (OK, spent), {}).outcome is Outcome.BUDGET_EXHAUSTED
    assert ending(FAILED, (spent, spent), {}).outcome is Outcome.CANCELLED


def test_tool_servers_that_did_not_start_are_no_result():
    end = ending(FINISHED, (OK,), {"mcp_failures": ["github"]})

    assert (end.outcome, end.cause) == (Outcome.INFRA_ERROR, "tools_not_started")
    assert "github" in end.note


def test_the_providers_own_words_are_kept():
    assert "invalid x-api-key" in ending(FAILED, (call(401, words="invalid x-api-key"),), {}).note


def test_claims_are_compared_with_what_was_measured():
    usage = {
        "tokens": {"input_tokens": 100, "cached_read_tokens": 40, "output_tokens": 9},
        "cost_usd": "0.25",
    }

    claims = {"input_tokens": 90, "cached_tokens": 40, "output_tokens": 9, "cost_usd": 0.3}
    assert compare_claims(usage, claims) == {"input_tokens": -10, "cost_usd": 0.05}
    assert compare_claims(usage, {}) == {}
    assert compare_claims({**usage, "cost_usd": None}, {"cost_usd": 1.0}) == {}


def test_a_tool_that_says_why_it_asked_no_model_is_quoted():
    end = ending(FAILED, (), {"error": "Authentication required"})

    assert end.cause == "no_model_call"
    assert end.note == "the tool never asked its model: Authentication required"
