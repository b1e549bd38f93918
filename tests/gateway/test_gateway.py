"""The gateway counts, prices, bounds, records and replays, and keeps the key."""

import gzip
import http.client
import json
import os
import signal
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from gateway.calls import CALLS, KEY, Client

from awb_core.gateway.summary import summarise
from awb_core.testing import Cuts, Fails, Hangs, Script, Shell, Slow


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("protocol", CALLS)
def test_usage_equals_what_was_served_to_the_token(client, server, protocol, stream):
    for _ in range(2):
        assert client.call(protocol, stream=stream).status == 200

    served, measured = server.usage("x"), summarise(client.records)
    assert measured["requests"] == 2
    assert measured["failed"] == 0
    assert measured["tokens"]["input_tokens"] == served.input_tokens
    assert measured["tokens"]["cached_read_tokens"] == served.cached_tokens
    assert measured["tokens"]["output_tokens"] == served.output_tokens
    assert Decimal(measured["cost_usd"]) > 0
    assert measured["models"]
    assert {record["stream"] for record in client.records} == {stream}


def test_bodies_query_and_headers_arrive_as_they_were_sent(client, server):
    path, body = CALLS["anthropic"]
    sent = json.dumps(body).encode().replace(b'"hello"', b'"h\\u00e9llo \xf0\x9f\x90\x8d"')
    client.send("POST", path, sent, {"anthropic-beta": "a,b", "user-agent": "agent/1"})

    (request,) = server.served("x")
    assert request.body == sent
    assert request.path == "/t/x/anthropic/v1/messages"
    assert client.records[0]["path"] == "/v1/messages?beta=true"
    assert request.headers["anthropic-beta"] == "a,b"
    assert request.headers["user-agent"] == "agent/1"


def test_the_key_is_swapped_and_stays_out_of_all_that_is_kept(open_gateway, server, tmp_path):
    with open_gateway(record=True) as gateway:
        client = Client(gateway).admit()
        answer = client.call("anthropic", stream=True)
        client.send("POST", CALLS["gemini"][0] + f"?key={client.token}", b"{}")
        command_line = Path(f"/proc/{gateway.pid}/cmdline").read_bytes()

    assert server.served("x")[0].headers["x-api-key"] == KEY
    assert client.token not in json.dumps([dict(r.headers) for r in server.served("x")])
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) > 4
    for data in (*kept, command_line, answer.body, repr(answer.headers).encode()):
        assert KEY.encode() not in data


def test_another_trials_path_is_refused_and_recorded(client):
    other = client.admit("t2.1")
    stolen = Client(client.gateway, "t2.1", client.token)

    answer = stolen.call("anthropic")

    assert answer.status == 403
    assert json.loads(answer.body)["error"]["type"] == "permission_error"
    assert [r["denied"] for r in client.gateway.requests("_unknown")] == ["token"]
    assert other.records == ()
    assert Client(client.gateway, "none", client.token).call().status == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/openai/v1/files"),
        ("POST", "/openai/v1/fine_tuning/jobs"),
        ("POST", "/openai/v1/chat/completions/../files"),
        ("DELETE", "/anthropic/v1/messages"),
        ("POST", "/elsewhere/v1/messages"),
    ],
)
def test_other_paths_are_refused(client, server, method, path):
    assert client.send(method, path, b"{}").status == 404
    assert server.served("x") == ()
    assert client.records[0]["denied"] in ("path", "upstream")


def test_web_sockets_are_refused(client, server):
    headers = {"upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13"}

    assert client.send("GET", "/openai/v1/responses", headers=headers).status == 426
    assert client.records[0]["denied"] == "upgrade"
    assert server.served("x") == ()


@pytest.mark.parametrize("protocol", CALLS)
@pytest.mark.parametrize("kind", ["trial", "workflow", "run"])
def test_a_spent_budget_is_refused_in_the_providers_own_shape(open_gateway, kind, protocol):
    tiny = Decimal("0.0000001")
    with open_gateway(budget_usd=tiny if kind == "run" else None) as gateway:
        policy = {"trial": {"budget_usd": tiny}, "workflow": {"workflow_budget_usd": tiny}}
        client = Client(gateway).admit(**policy.get(kind, {}))
        first, second = client.call(protocol), client.call(protocol)

    assert (first.status, second.status) == (200, 400)
    assert second.headers["x-should-retry"] == "false"
    assert "trial budget exhausted" in json.loads(second.body)["error"]["message"]
    assert [(r["denied"], r["budget"]) for r in client.records] == [(None, None), ("budget", kind)]


@pytest.mark.parametrize("kind", ["trial", "workflow", "run"])
def test_requests_side_by_side_do_not_overshoot_a_budget(open_gateway, server, kind):
    with open_gateway("first") as gateway:
        client = Client(gateway).admit()
        client.call()
        cost = Decimal(client.records[0]["cost_usd"])
    server.script("x", Script(), Slow(0.3))
    budget = cost * 3
    with open_gateway(budget_usd=budget if kind == "run" else None) as gateway:
        policy = {"trial": {"budget_usd": budget}, "workflow": {"workflow_budget_usd": budget}}
        names = ["t.1"] * 8 if kind == "trial" else [f"t{n}.1" for n in range(8)]
        clients = [Client(gateway).admit(name, **policy.get(kind, {})) for name in names]
        clients[0].call()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(Client.call, clients))

    assert sorted(answer.status for answer in answers) == [200, 200] + [400] * 6


def test_a_client_that_gives_up_while_it_waits_for_a_budget_is_recorded(open_gateway, server):
    with open_gateway() as gateway:
        client = Client(gateway).admit()
        client.call()
        cost = Decimal(client.records[0]["cost_usd"])
        server.script("x", Script(), Slow(4))
        client.admit(budget_usd=cost * 2)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(client.call)
            while len(client.records) < 2:
                time.sleep(0.02)
            with pytest.raises(TimeoutError):
                client.call(timeout=0.3)
            assert running.result().status == 200

    assert [record["error"] for record in client.records] == [None, None, "cut_by_client"]


def test_a_restart_forgets_no_spending(open_gateway):
    budget = Decimal("0.0000001")
    with open_gateway() as gateway:
        Client(gateway).admit(budget_usd=budget).call()
    with open_gateway() as gateway:
        assert Client(gateway).admit(budget_usd=budget).call().status == 400


def test_a_model_without_a_price_keeps_its_tokens_and_is_marked(client):
    client.call("chat", model="nobody-knows-this-model")

    usage = summarise(client.records)
    assert usage["cost_usd"] is None
    assert usage["unpriced_requests"] == 1
    assert usage["tokens"]["input_tokens"] > 0


def test_only_the_workflows_models_are_served(client):
    bound = client.admit("t3.1", models=("gpt-5",))

    assert bound.call("chat").status == 200
    assert bound.call("chat", model="gpt-5-pro").status == 403


@pytest.mark.parametrize("protocol", ["anthropic", "responses", "gemini"])
def test_a_cut_stream_is_cut_for_the_client_and_counted(client, server, protocol):
    server.script("x", Script(), Cuts())
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        client.call(protocol, stream=True)

    (record,) = client.records
    assert record["error"] == "cut_by_upstream"
    served = server.usage("x")
    measured = record["usage"] or {"input_tokens": 0}
    assert measured["input_tokens"] == served.input_tokens


def test_errors_of_the_provider_pass_through(client, server):
    server.script("x", Script(), Fails(429))

    answer = client.call("anthropic")

    assert answer.status == 429
    assert "retry-after" in {name.lower() for name in answer.headers}
    client.call("anthropic")
    first, second = client.records
    assert "rate_limit" in first["provider_error"]
    assert second["retry_of"] == 1
    assert summarise(client.records)["cost_usd"] == "0"


def test_an_upstream_that_cannot_be_reached_is_said_so(open_gateway):
    with open_gateway(base="http://127.0.0.1:1") as gateway:
        client = Client(gateway).admit()
        answer = client.call("anthropic")

    assert answer.status == 502
    assert json.loads(answer.body)["type"] == "error"
    assert [r["error"] for r in client.records] == ["unreachable"]


def test_an_upstream_that_never_answers_ends_at_its_limit(open_gateway, server):
    server.script("x", Script(), Hangs(30))
    with open_gateway(settings={"read_seconds": 0.5}) as gateway:
        client = Client(gateway).admit()
        assert client.call().status == 504
        assert [r["error"] for r in client.records] == ["timeout"]


def test_a_client_that_leaves_is_recorded(client, server):
    server.script("x", Script(), Hangs(30))
    path, body = CALLS["chat"]
    data = json.dumps(body).encode()
    with socket.create_connection(("127.0.0.1", client.gateway.port)) as connection:
        head = f"POST /t/t.1{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {client.token}\r\n"
        connection.sendall(f"{head}content-length: {len(data)}\r\n\r\n".encode() + data)
        while not client.records:
            time.sleep(0.01)
        assert client.records[0]["error"] == "open"
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    client.gateway.settle("t.1")

    assert [r["error"] for r in client.records] == ["cut_by_client"]
    assert client.call().status == 403  # the trial is over


def test_a_killed_gateway_is_started_again_and_loses_no_record(client, server):
    server.script("x", Script())
    client.call()
    server.script("x", Script(), Hangs(30))
    path, body = CALLS["chat"]
    data = json.dumps(body).encode()
    connection = socket.create_connection(("127.0.0.1", client.gateway.port))
    head = f"POST /t/t.1{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {client.token}\r\n"
    connection.sendall(f"{head}content-length: {len(data)}\r\n\r\n".encode() + data)
    while len(client.records) < 2:
        time.sleep(0.01)

    before = client.gateway.pid
    os.kill(before, signal.SIGKILL)
    connection.close()
    server.script("x", Script())

    assert client.call().status == 200
    assert client.gateway.pid != before
    assert [r["error"] for r in client.records] == [None, "gateway_died", None]
    assert [r["n"] for r in client.records] == [1, 2, 3]


def test_what_was_recorded_is_replayed_byte_for_byte_without_an_upstream(open_gateway, server):
    server.script("x", Script(steps=(Shell("ls"),)))
    calls = [("chat", True), ("anthropic", True), ("gemini", False), ("chat", False)]
    with open_gateway("recorded", record=True) as gateway:
        client = Client(gateway).admit()
        answers = [client.call(protocol, stream=stream) for protocol, stream in calls]
        tokens = summarise(client.records)["tokens"]
    count = len(server.served("x"))

    with open_gateway("again", base="http://127.0.0.1:1", replay=gateway._folder) as gateway:
        client = Client(gateway).admit()
        again = [client.call(protocol, stream=stream) for protocol, stream in calls]
        surplus = client.call("chat")

    assert [a.body for a in again] == [a.body for a in answers]
    assert summarise(client.records[:-1])["tokens"] == tokens
    assert [r["replay"] for r in client.records] == ["replayed"] * 4 + ["diverged"]
    assert surplus.status == 409
    assert len(server.served("x")) == count


def test_a_chat_stream_is_asked_for_its_usage_only_where_the_client_did_not(client, server):
    client.call("chat", stream=True)
    client.call("chat", stream=True, stream_options={"include_usage": True})
    client.call("chat")

    assert [bool(r["altered"]) for r in client.records] == [True, False, False]
    assert b"include_usage" in server.served("x")[0].body
    assert b"stream_options" not in server.served("x")[2].body


def test_a_compressed_request_is_understood_and_not_touched(client, server):
    path, body = CALLS["chat"]
    data = gzip.compress(json.dumps({**body, "model": "gpt-5-mini"}).encode())

    client.send("POST", path, data, {"content-encoding": "gzip"})

    assert client.records[0]["model_requested"] == "gpt-5-mini"
    assert client.records[0]["request_bytes"] == len(data)


def test_a_request_that_is_too_large_is_refused(open_gateway, server):
    with open_gateway(settings={"body_bytes": 1 << 20}) as gateway:
        client = Client(gateway).admit()
        answer = client.send("POST", CALLS["anthropic"][0], b"x" * (2 << 20))

    assert answer.status == 413
    assert json.loads(answer.body)["error"]["type"] == "request_too_large"
    assert client.records[0]["denied"] == "size"


def test_garbage_is_passed_on_and_counts_as_nothing(client):
    client.send("POST", CALLS["chat"][0], b"\xff\xfe not json \x00")

    assert client.records[0]["model_requested"] == ""


def test_a_missing_key_is_said_so(open_gateway, monkeypatch):
    monkeypatch.delenv("PROVIDER_KEY")
    with open_gateway() as gateway:
        client = Client(gateway).admit()
        answer = client.call("anthropic")

    assert answer.status == 400
    assert "PROVIDER_KEY is not set" in json.loads(answer.body)["error"]["message"]
    assert client.records[0]["denied"] == "key"


def test_a_gateway_leaves_no_process_and_no_socket(open_gateway):
    with open_gateway() as gateway:
        pid, place = gateway.pid, gateway.socket

    assert not place.parent.exists()
    assert not os.path.exists(f"/proc/{pid}")
