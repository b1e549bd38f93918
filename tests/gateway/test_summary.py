"""Sums of records: what is not known is not zero."""

import http.client
import time
from decimal import Decimal

import pytest
from gateway.calls import CALLS, Client

from awb_core.gateway.records import Attempt
from awb_core.gateway.summary import summarise
from awb_core.testing import Cuts, Fails, Hangs, Script


def record(**values):
    """Return the record of a request that went well, but for these values."""
    usual = {
        "operation": "chat",
        "status": 200,
        "usage": {"input_tokens": 10, "output_tokens": 2},
        "cost_usd": "0.5",
        "priced": True,
        "stop_reason": "stop",
    }
    return Attempt(**{**usual, **values}).record()


SILENT = {"usage": None, "cost_usd": None, "priced": False, "stop_reason": ""}

UNKNOWN = {
    "a cut stream": {**SILENT, "error": "cut_by_upstream"},
    "an agent that was killed while it waited": {**SILENT, "error": "open", "status": None},
    "a gateway that was killed": {**SILENT, "error": "gateway_died", "status": None},
    "no answer in time": {**SILENT, "error": "timeout", "status": 504},
    "a connection that broke": {**SILENT, "error": "unreachable", "status": 502},
    "an answer that does not say": {**SILENT, "stop_reason": "stop"},
}
KNOWN = {
    "an answer": {},
    "an error of the provider": {"usage": None, "cost_usd": "0", "status": 500, "stop_reason": ""},
    "a refusal of the gateway": {**SILENT, "denied": "budget", "status": 400},
    "no connection at all": {**SILENT, "cost_usd": "0", "priced": True, "error": "unreachable"},
    "a list of models": {**SILENT, "operation": "models"},
    "a client that leaves after the end": {"error": "cut_by_client"},
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_request_that_may_have_been_charged_makes_the_sums_a_lower_bound(name):
    usage = summarise([record(), record(**UNKNOWN[name])])

    assert (usage["requests_without_usage"], usage["is_lower_bound"]) == (1, True)
    assert (usage["cost_usd"], usage["tokens"]["input_tokens"]) == ("0.5", 10)


@pytest.mark.parametrize("name", KNOWN)
def test_a_request_of_which_all_is_known_does_not(name):
    usage = summarise([record(), record(**KNOWN[name])])

    assert (usage["requests_without_usage"], usage["is_lower_bound"]) == (0, False)


def test_a_part_of_the_usage_is_a_lower_bound_and_is_no_silence():
    usage = summarise([record(error="cut_by_upstream", stop_reason="")])

    assert (usage["requests_without_usage"], usage["is_lower_bound"]) == (0, True)
    assert usage["cost_usd"] == "0.5"


@pytest.mark.parametrize("protocol", CALLS)
def test_a_cut_stream_is_a_lower_bound_in_each_protocol(client, server, protocol):
    server.script("x", Script(), Cuts())
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        client.call(protocol, stream=True)

    usage = summarise(client.records)

    assert usage["is_lower_bound"] is True
    told = usage["tokens"]["input_tokens"] > 0
    assert usage["requests_without_usage"] == (0 if told else 1)
    assert told == (protocol in {"anthropic", "gemini"})


def test_a_model_that_never_answers_is_unknown_and_an_error_is_not(client, server):
    server.script("x", Script(), Fails(500))
    client.call("anthropic")
    assert summarise(client.records)["is_lower_bound"] is False

    server.script("x", Script(), Hangs(0.1))
    client.call("anthropic")
    usage = summarise(client.records)

    assert (usage["requests_without_usage"], usage["is_lower_bound"]) == (1, True)


def test_budgets_count_what_is_known(open_gateway, server):
    server.script("x", Script(), Cuts(times=1))
    with open_gateway() as gateway:
        client = Client(gateway).admit(budget_usd=Decimal("0.0000001"))
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            client.call("responses", stream=True)
        while any(each["error"] == "open" for each in client.records):
            time.sleep(0.01)
        second, third = client.call("responses"), client.call("responses")

    assert (second.status, third.status) == (200, 400)
