"""What a trial's model requests say about how the trial ended: pure.

The gateway's records are the truth; what a tool claims is compared with them and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from awb_core.model import Outcome

Request = Mapping[str, Any]

MODEL_CALLS = frozenset({"messages", "chat", "responses", "generate"})
"""Operations that ask a model for an answer; counting tokens and listing models do not."""

REFUSED_KEY = frozenset({401, 403})
OVERLOADED = frozenset({429, 503, 529})
KILLED = frozenset({"open", "cut_by_client", "gateway_died", "gateway_stopped"})
"""Ends of a request that may be the end of the agent's own time."""

MOST_WORDS = 300
"""Of what a tool claims to have gone wrong, for a note."""

COMPARED = {
    "input_tokens": "input_tokens",
    "cached_tokens": "cached_read_tokens",
    "output_tokens": "output_tokens",
}
"""Claims that are compared, with the name of the measured figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a trial ended, corrected by what happened between the tool and its model."""

    outcome: Outcome
    cause: str = ""
    """Why a trial has no score, or why its workflow was stopped: one word of a closed list, see `CAUSES`."""
    note: str = ""


CAUSES: Mapping[str, str] = {
    "no_model_call": "the tool never asked its model",
    "no_answer": "the model never answered",
    "key_missing": "the gateway has no key for the provider",
    "auth_failed": "the provider refused the key",
    "overloaded": "the provider was overloaded or limited the rate to the end",
    "api_errors": "the provider answered with errors to the end",
    "unreachable": "the provider could not be reached",
    "tools_not_started": "a tool server of the workflow did not start",
    "budget_of_run": "the budget of the run or of the workflow was spent before the trial began",
    "budget": "the budget of the trial, the workflow or the run was spent",
}
"""Why trials of agents are invalid, or were stopped."""


def ending(outcome: Outcome, requests: Iterable[Request], claims: Mapping[str, Any]) -> Ending:
    """Return the end of a trial whose process ended with `outcome`.

    A trial in which the workflow never got to work has no score: that says something about a key, a provider or a
    broken configuration, not about the workflow's capability.
    """
    calls = [request for request in requests if request["operation"] in MODEL_CALLS]
    answered = [call for call in calls if _answered(call)]
    spent = any(call["denied"] == "budget" for call in calls)
    if not calls:
        return _invalid("no_model_call", words=str(claims.get("error") or "")[:MOST_WORDS])
    if not answered:
        if spent:
            return _ended(Outcome.CANCELLED, "budget_of_run")
        return _invalid(_why(calls), calls)
    if claims.get("mcp_failures"):
        names = ", ".join(map(str, claims["mcp_failures"]))
        return Ending(
            outcome=Outcome.INFRA_ERROR,
            cause="tools_not_started",
            note=f"{CAUSES['tools_not_started']}: {names}",
        )
    if spent:
        return _ended(Outcome.BUDGET_EXHAUSTED, "budget")
    trailing = _trailing_failures(calls)
    failed = outcome is not Outcome.FINISHED or bool(claims.get("error"))
    if trailing and failed and _is_the_providers(trailing[-1]):
        return _invalid(_why(trailing), trailing)
    return Ending(outcome=outcome)


def _answered(call: Request) -> bool:
    return call["denied"] is None and call["error"] is None and call["status"] == 200


def _trailing_failures(calls: Sequence[Request]) -> list[Request]:
    trailing: list[Request] = []
    for call in reversed(calls):
        if _answered(call):
            break
        if not _is_killed(call):
            trailing.insert(0, call)
    return trailing


def _is_killed(call: Request) -> bool:
    """Say whether a request ended unanswered; a tool may leave once it has read the status of an error."""
    return call["error"] in KILLED and (call["status"] or 0) < 400


def _is_the_providers(call: Request) -> bool:
    """Say whether a failure is the provider's; a request it finds wrong, or too long, is the tool's."""
    status = call["status"] or 0
    return bool(call["error"]) or status in REFUSED_KEY | OVERLOADED or status >= 500


def _why(calls: Sequence[Request]) -> str:
    last = calls[-1]
    statuses = {call["status"] for call in calls}
    if any(call["denied"] == "key" for call in calls):
        return "key_missing"
    if statuses & REFUSED_KEY:
        return "auth_failed"
    if statuses & OVERLOADED:
        return "overloaded"
    if last["error"] == "unreachable":
        return "unreachable"
    if all(_is_killed(call) or call["error"] == "timeout" for call in calls):
        return "no_answer"
    return "api_errors"


def _invalid(cause: str, calls: Sequence[Request] = (), words: str = "") -> Ending:
    said = (call["provider_error"] for call in reversed(calls) if call["provider_error"])
    words = next(said, words)
    note = CAUSES[cause] + (f": {words}" if words else "")
    return Ending(outcome=Outcome.INFRA_ERROR, cause=cause, note=note)


def _ended(outcome: Outcome, cause: str) -> Ending:
    return Ending(outcome=outcome, cause=cause, note=CAUSES[cause])


def compare_claims(usage: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, float]:
    """Return by how much the tool's own figures differ from the gateway's: claimed minus measured."""
    tokens = usage.get("tokens", {})
    differences: dict[str, float] = {}
    for claimed, measured in COMPARED.items():
        if claims.get(claimed) is not None:
            difference = claims[claimed] - tokens.get(measured, 0)
            if difference:
                differences[claimed] = difference
    cost = usage.get("cost_usd")
    if claims.get("cost_usd") is not None and cost is not None:
        difference = round(float(claims["cost_usd"]) - float(cost), 6)
        if difference:
            differences["cost_usd"] = difference
    return differences
