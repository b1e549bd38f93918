"""Each way to misbehave, in each protocol."""

from __future__ import annotations

import http.client
import json
import threading
import time

import pytest
from model_server.players import PLAYERS, Anthropic, Chat, Gemini, Responses, send

from awb_core.testing import (
    Cuts,
    Fails,
    Hangs,
    Loops,
    ModelServer,
    Overflows,
    Script,
    Shell,
    Slow,
    Usage,
)

SCRIPT = Script((Shell("echo one"),))
FOUR = pytest.mark.parametrize(
    "player", [Anthropic, Chat, Responses, Gemini], ids=lambda one: one.__name__
)
MODES = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


def first_request(server, player, *, stream=False):
    agent = player(f"{server.url}/t/t1", None, stream)
    agent.history.append(agent.opening("Do it."))
    return lambda: send(agent.url + agent.path(), agent.body())


@FOUR
@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 529])
def test_failure_has_the_providers_shape(server, player, status):
    server.script("t1", SCRIPT, Fails(status))

    reply = first_request(server, player)()

    assert reply.status == status
    assert shape_of(player, reply.json, status)
    (one,) = server.served("t1")
    assert (one.status, one.did, one.usage) == (status, "error", Usage())
    if player is not Gemini:
        assert ("Retry-After" in reply.headers) == (status in (429, 529))


def shape_of(player, body, status):
    kinds = {
        **{401: "authentication_error", 403: "permission_error", 404: "not_found_error"},
        **{429: "rate_limit_error", 500: "api_error", 529: "overloaded_error"},
    }
    error = body["error"]
    if player is Anthropic:
        return body["type"] == "error" and error["type"] == kinds[status]
    if player is Gemini:
        return error["code"] == status and error["status"].isupper()
    return {"message", "type", "param", "code"} == set(error)


@FOUR
@MODES
def test_failure_ends_after_so_many_requests(server, player, stream):
    server.script("t1", SCRIPT, Fails(500, times=2))
    request = first_request(server, player, stream=stream)

    assert [request().status for _ in range(3)] == [500, 500, 200]


@FOUR
def test_overflow_has_the_providers_words(server, player):
    server.script("t1", SCRIPT, Overflows())

    reply = first_request(server, player)()

    assert reply.status == 400
    error = reply.json["error"]
    if player in (Chat, Responses):
        assert error["code"] == "context_length_exceeded"
    else:
        assert "maximum" in error["message"]


@FOUR
@MODES
def test_cut_drops_the_connection_in_the_middle(server, player, stream):
    server.script("t1", SCRIPT, Cuts(times=1))
    request = first_request(server, player, stream=stream)

    with pytest.raises(http.client.IncompleteRead) as cut:
        request()

    told = cut.value.partial
    assert told
    (one,) = server.served("t1")
    assert one.did == "cut"
    if stream and player is Anthropic:
        start = json.loads(told.split(b"data: ")[1].split(b"\n")[0])
        assert start["message"]["usage"]["input_tokens"] == one.usage.input_tokens > 1
        assert one.usage.output_tokens == 1
    elif stream and player is Gemini:
        assert str(one.usage.input_tokens).encode() in told
        assert one.usage.output_tokens == one.usage.reasoning_tokens == 7
    else:
        assert one.usage == Usage()
    assert request().status == 200


def test_hang_ends_without_a_word(server):
    server.script("t1", SCRIPT, Hangs(0.3))
    request = first_request(server, Chat)
    began = time.monotonic()

    with pytest.raises(http.client.RemoteDisconnected):
        request()

    assert time.monotonic() - began >= 0.3
    assert [(one.status, one.did) for one in server.served("t1")] == [(0, "hang")]


def test_hang_does_not_outlive_the_server():
    broken = []
    began = time.monotonic()
    with ModelServer() as server:
        server.script("t1", SCRIPT, Hangs(60))
        request = first_request(server, Chat)

        def ask():
            try:
                request()
            except (http.client.RemoteDisconnected, ConnectionError) as error:
                broken.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        while not server.served("t1"):
            time.sleep(0.01)
    asking.join(10)

    assert len(broken) == 1
    assert time.monotonic() - began < 20


def test_idle_connections_do_not_hold_the_server():
    with ModelServer() as server:
        port = int(server.url.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/v1/models")
        connection.getresponse().read()

    connection.close()
    assert not [t for t in threading.enumerate() if "process_request" in t.name]


def test_client_that_leaves_is_no_trouble(capfd):
    with ModelServer() as server:
        server.script("t1", Script(final="x" * 20_000_000), Slow(0.2))
        port = int(server.url.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("POST", "/t/t1/v1/messages", b'{"tools": [{"name": "Bash"}]}')
        connection.close()
        while not server.served("t1"):
            time.sleep(0.01)

    assert "Traceback" not in capfd.readouterr().err


def test_slow_answer_is_late(server):
    server.script("t1", SCRIPT, Slow(0.3))
    began = time.monotonic()

    reply = first_request(server, Chat)()

    assert reply.status == 200
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("player", PLAYERS, ids=lambda one: one.__name__)
def test_loop_goes_on_with_commands_that_differ(server, tmp_path, player):
    server.script("t1", SCRIPT, Loops())
    agent = player(f"{server.url}/t/t1", tmp_path, False)
    agent.history.append(agent.opening("Do it."))
    commands = []
    for _ in range(6):
        _, calls = agent.turn()
        name, arguments, key = calls[0]
        commands.append(str(arguments))
        agent.history.append(agent.result(name, key, "ok"))

    assert len(set(commands)) == 6
    assert "echo one" in commands[0]


def test_misbehaviours_add_up(server):
    server.script("t1", SCRIPT, Slow(0.2), Fails(429, times=1), Fails(500, times=2))
    request = first_request(server, Chat)
    began = time.monotonic()

    assert [request().status for _ in range(3)] == [429, 500, 200]
    assert time.monotonic() - began >= 0.6


def test_other_trials_are_spared(server, tmp_path):
    server.script("t1", SCRIPT, Fails(401))
    server.script("t2", SCRIPT)

    assert Chat(f"{server.url}/t/t2", tmp_path, False).play().said == ["Done."]
