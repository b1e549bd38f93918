"""What the gateway does when an upstream, a client, the disk or its own owner fails."""

import gzip
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from gateway.calls import CALLS, KEY, Client
from gateway.raw import HEAD, RawUpstream, chunk, reset

from awb_core.gateway.redaction import Redactor

START = (
    b'data: {"type":"message_start","message":{"model":"claude-sonnet-4-5",'
    b'"usage":{"input_tokens":7,"output_tokens":1}}}\n\n'
)
END = (
    b'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},'
    b'"usage":{"output_tokens":9}}\n\ndata: {"type":"message_stop"}\n\n'
)
OWNER = """
import sys, time
from pathlib import Path
from awb_core.gateway.client import Gateway
gateway = Gateway(Path(sys.argv[1]), upstreams=[], run="r", secret="s").__enter__()
print(gateway.pid, gateway.socket, flush=True)
time.sleep(60)
"""


def wait_until(holds):
    for _ in range(2000):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail("in vain")


def stream_to_its_end(client):
    """Return all bytes that come back for a streaming request, head included, however it ends."""
    path, body = CALLS["anthropic"]
    data = json.dumps({**body, "stream": True}).encode()
    head = (
        f"POST /t/t.1{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
        f"x-api-key: {client.token}\r\ncontent-length: {len(data)}\r\n\r\n"
    )
    received = b""
    with socket.create_connection(("127.0.0.1", client.gateway.port), timeout=60) as connection:
        connection.sendall(head.encode() + data)
        while piece := connection.recv(1 << 16):
            received += piece
    return received


def test_a_key_that_the_upstream_repeats_reaches_neither_client_nor_disk(open_gateway, tmp_path):
    message = b'{"error":{"type":"auth","message":"wrong: %b"}}' % KEY.encode()
    length = b"content-length: %d\r\n\r\n" % len(message)

    def answer(connection, head):
        fields = b"content-type: application/json\r\nx-key: %b\r\n" % KEY.encode()
        whole = b"HTTP/1.1 401 No\r\n" + fields + length + message
        connection.sendall(whole[:-20])
        connection.sendall(whole[-20:])

    with RawUpstream(answer) as upstream, open_gateway(base=upstream.url, record=True) as gateway:
        client = Client(gateway).admit()
        reply = client.call("anthropic")

    assert len(reply.body) == len(message)
    assert b"***" in reply.body
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    for data in (*kept, reply.body, repr(reply.headers).encode()):
        assert KEY.encode() not in data


def test_a_key_is_found_wherever_the_stream_is_split():
    text = "ab key-key-1 kkey-1 key-"
    for size in range(1, len(text)):
        redactor = Redactor("key-1")
        pieces = [text[i : i + size].encode() for i in range(0, len(text), size)]

        out = b"".join(redactor.feed(piece) for piece in pieces) + redactor.close()

        assert out == b"ab key-***** k***** key-"


def test_the_process_has_no_key_in_its_environment(client):
    assert KEY.encode() not in Path(f"/proc/{client.gateway.pid}/environ").read_bytes()


def test_logins_of_the_host_are_not_sent(open_gateway, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))

    def answer(connection, head):
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

    with RawUpstream(answer) as upstream, open_gateway(base=upstream.url) as gateway:
        Client(gateway).admit().call("anthropic")

    assert b"authorization" not in upstream.heads[0].lower()


def test_a_gateway_ends_with_its_owner(tmp_path):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path / "gateway")], stdout=subprocess.PIPE
    )
    with owner, owner.stdout:
        pid, place = owner.stdout.readline().decode().split()
        owner.kill()

    try:
        wait_until(lambda: not Path(f"/proc/{pid}").exists())
    except pytest.fail.Exception:
        os.kill(int(pid), signal.SIGTERM)
        raise
    assert not Path(place).parent.exists()


def test_an_upstream_that_resets_the_connection_cuts_the_answer(open_gateway):
    passed_on = threading.Event()

    def answer(connection, head):
        connection.sendall(HEAD + chunk(START))
        passed_on.wait(20)
        reset(connection)

    with RawUpstream(answer) as upstream, open_gateway(base=upstream.url) as gateway:
        client = Client(gateway).admit()
        threading.Timer(0.3, passed_on.set).start()
        received = stream_to_its_end(client)

    assert received.count(b"HTTP/1.1") == 1
    assert START in received
    assert not received.endswith(b"0\r\n\r\n")
    assert [r["error"] for r in client.records] == ["cut_by_upstream"]
    assert client.records[0]["usage"]["input_tokens"] == 7


def test_a_client_that_leaves_before_it_has_asked_is_recorded(client, server):
    head = f"POST /t/t.1{CALLS['chat'][0]} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n"
    with socket.create_connection(("127.0.0.1", client.gateway.port)) as connection:
        connection.sendall(f"{head}authorization: Bearer {client.token}\r\n\r\nabc".encode())

    wait_until(lambda: client.records)

    assert [r["error"] for r in client.records] == ["cut_by_client"]
    assert server.served("x") == ()


def test_what_cannot_be_logged_is_not_sent(client, server, tmp_path):
    (tmp_path / "gateway/log/t.1.jsonl").mkdir()

    answer = client.call("anthropic")

    assert answer.status == 503
    assert json.loads(answer.body)["type"] == "error"
    assert str(tmp_path).encode() not in answer.body
    assert server.served("x") == ()


def test_what_cannot_be_recorded_is_not_sent(open_gateway, server, tmp_path):
    with open_gateway(record=True) as gateway:
        client = Client(gateway).admit()
        (tmp_path / "gateway/bodies").mkdir()
        (tmp_path / "gateway/bodies/t.1").touch()

        assert client.call("anthropic").status == 503

    assert [r["denied"] for r in client.records] == ["log"]
    assert server.served("x") == ()


def test_a_long_answer_does_not_fill_the_memory(open_gateway):
    delta = b'data: {"type":"content_block_delta","text":"%b"}\n\n' % (b"x" * 60_000)

    def answer(connection, head):
        connection.sendall(HEAD + chunk(START))
        for _ in range((200 << 20) // len(delta)):
            connection.sendall(chunk(delta))
        connection.sendall(chunk(END) + b"0\r\n\r\n")

    with RawUpstream(answer) as upstream, open_gateway(base=upstream.url) as gateway:
        client = Client(gateway).admit()
        before = peak_megabytes(gateway.pid)
        client.call("anthropic", stream=True)
        grown = peak_megabytes(gateway.pid) - before

    assert grown < 60
    assert client.records[0]["response_bytes"] > 199 << 20
    assert client.records[0]["usage"]["output_tokens"] == 9


def peak_megabytes(pid):
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return max(int(line.split()[1]) for line in status if line.startswith("VmHWM")) >> 10


def test_a_body_of_seventy_megabytes_is_refused(client, server):
    answer = client.send("POST", CALLS["anthropic"][0], bytes(70 << 20))

    assert answer.status == 413
    assert json.loads(answer.body)["error"]["type"] == "request_too_large"
    assert server.served("x") == ()


def test_a_compressed_chat_stream_is_counted_too(client):
    path, body = CALLS["chat"]
    data = gzip.compress(json.dumps({**body, "stream": True}).encode())

    client.send("POST", path, data, {"content-encoding": "gzip"})

    (record,) = client.records
    assert record["altered"] == ["stream_options.include_usage", "content-encoding"]
    assert record["usage"]["input_tokens"] > 0


def test_the_request_is_recorded_as_the_client_sent_it(open_gateway, tmp_path):
    with open_gateway(record=True) as gateway:
        client = Client(gateway).admit()
        client.call("chat", stream=True)

    (path,) = (tmp_path / "gateway/bodies/t.1").glob("*.request")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == client.records[0]["body_digest"]


def test_a_cut_answer_is_replayed_as_a_cut_one(open_gateway, tmp_path):
    def answer(connection, head):
        connection.sendall(HEAD + chunk(START))

    with (
        RawUpstream(answer) as upstream,
        open_gateway(base=upstream.url, record=True) as gateway,
    ):
        stream_to_its_end(Client(gateway).admit())
    nowhere, recorded = "http://127.0.0.1:1", tmp_path / "gateway"
    with open_gateway("again", base=nowhere, replay=recorded) as gateway:
        client = Client(gateway).admit()
        received = stream_to_its_end(client)

    assert START in received
    assert not received.endswith(b"0\r\n\r\n")
    assert [(r["replay"], r["error"]) for r in client.records] == [("replayed", "cut_by_upstream")]


def test_the_process_loads_no_code_from_the_current_folder(open_gateway, tmp_path, monkeypatch):
    (tmp_path / "aiohttp.py").write_text("raise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)

    with open_gateway() as gateway:
        assert Client(gateway).admit().call().status == 200
