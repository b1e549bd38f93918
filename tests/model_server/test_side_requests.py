"""Requests beside the conversation, agents without tools, and other paths."""

from __future__ import annotations

import gzip
import http.client
import json
from contextlib import closing

import pytest
from model_server.players import COMMAND, send

from awb_core.testing import WHERE, Script, Shell, Write

CHAT = "/t/t1/v1/chat/completions"
SHAPE = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "next_speaker": {"type": "string", "enum": ["model", "user"]},
        "confidence": {"type": "number"},
        "is_looping": {"type": "boolean"},
        "optional": {"type": "string"},
        "labels": {"type": "array", "items": {"type": "string"}},
        "inner": {"anyOf": [{"type": "null"}, {"type": "string"}]},
    },
    "required": ["title", "next_speaker", "confidence", "is_looping", "labels", "inner"],
}
USER = [{"role": "user", "content": "Name this conversation."}]


@pytest.fixture
def chat(server):
    def ask(script, text="Hi", said=(), **body):
        server.script("t1", script)
        messages = [{"role": "user", "content": text}]
        messages += [{"role": "assistant", "content": one} for one in said]
        reply = send(server.url + CHAT, {"model": "m", "messages": messages, **body})
        return reply.json["choices"][0]["message"]

    return ask


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        (
            "v1/messages",
            {
                "messages": USER,
                "output_config": {"format": {"type": "json_schema", "schema": SHAPE}},
            },
            lambda json: json["content"][0]["text"],
        ),
        (
            "v1/chat/completions",
            {
                "messages": USER,
                "response_format": {"type": "json_schema", "json_schema": {"schema": SHAPE}},
            },
            lambda json: json["choices"][0]["message"]["content"],
        ),
        (
            "v1/responses",
            {"input": "Name it.", "text": {"format": {"type": "json_schema", "schema": SHAPE}}},
            lambda json: json["output"][0]["content"][0]["text"],
        ),
        (
            "v1beta/models/m:generateContent",
            {
                "contents": [{"role": "user", "parts": [{"text": "Name it."}]}],
                "generationConfig": {
                    "responseMimeType": "application/json",
                    "responseJsonSchema": SHAPE,
                },
            },
            lambda json: json["candidates"][0]["content"]["parts"][0]["text"],
        ),
    ],
)
def test_schema_is_answered_by_a_value_that_fits(server, path, body, answer):
    server.script("t1", Script((Shell("echo one"),)))

    reply = send(f"{server.url}/t/t1/{path}", body)

    assert json.loads(answer(reply.json)) == {
        "title": "scripted title",
        "next_speaker": "user",
        "confidence": 0,
        "is_looping": False,
        "labels": [],
        "inner": None,
    }
    assert server.served("t1")[0].step is None


def test_title_is_a_text(chat):
    assert chat(Script((Shell("echo one"),))) == {"role": "assistant", "content": "Scripted answer"}


def test_tools_that_cannot_work_make_a_side_request(chat):
    tools = [{"type": "function", "function": {"name": "web_search", "parameters": {}}}]

    assert chat(Script((Shell("echo one"),)), tools=tools)["content"] == "Scripted answer"


def test_schema_of_a_working_conversation_shapes_its_end(chat):
    tools = [{"type": "function", "function": {"name": "bash", "parameters": COMMAND}}]
    shape = {"type": "json_schema", "json_schema": {"schema": SHAPE}}

    work = chat(Script((Shell("echo one"),)), tools=tools, response_format=shape)
    end = chat(Script(), tools=tools, response_format=shape)

    assert "tool_calls" in work
    assert json.loads(end["content"])["title"] == "scripted title"


def test_finish_tool_ends_the_work(chat):
    schema = {
        "type": "object",
        "properties": {"message": {"type": "string"}},
        "required": ["message"],
    }
    names = (("terminal", COMMAND), ("finish", schema))
    tools = [{"type": "function", "function": {"name": n, "parameters": s}} for n, s in names]

    (call,) = chat(Script(final="All done."), tools=tools)["tool_calls"]

    assert call["function"] == {"name": "finish", "arguments": '{"message": "All done."}'}


def test_required_arguments_are_filled(chat):
    schema = {
        "type": "object",
        "properties": {
            "command": {"type": "array", "items": {"type": "string"}},
            "timeout_ms": {"type": "integer"},
            "security_risk": {"type": "string", "enum": ["HIGH", "LOW"]},
            "is_background": {"type": "boolean"},
        },
        "required": ["command", "timeout_ms", "security_risk", "is_background"],
    }
    tools = [{"type": "function", "function": {"name": "shell", "parameters": schema}}]

    (call,) = chat(Script((Shell("ls"),)), tools=tools)["tool_calls"]

    assert json.loads(call["function"]["arguments"]) == {
        "command": ["bash", "-lc", "ls"],
        "timeout_ms": 600_000,
        "security_risk": "LOW",
        "is_background": False,
    }


def test_submission_is_a_command_where_the_agent_wants_one(chat):
    tools = [{"type": "function", "function": {"name": "bash", "parameters": COMMAND}}]
    submit = "COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"

    (call,) = chat(Script(), f"End with `echo {submit}`", tools=tools)["tool_calls"]

    assert json.loads(call["function"]["arguments"])["command"] == f"echo {submit}"


def test_commands_come_in_fenced_blocks(chat):
    script = Script((Shell("echo one"), Shell("echo two")))
    prompt = "Answer with\n```mswea_bash_command\nls\n```"
    said = []
    for _ in range(3):
        said.append(chat(script, prompt, said)["content"])

    commands = [text.split("```mswea_bash_command\n")[1].split("\n")[0] for text in said]
    assert commands == ["echo one", "echo two", "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (
            "Use *SEARCH/REPLACE* blocks.",
            "a.py\n```\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n```\n",
        ),
        ("Use a *file listing* with ````", "a.py\n````\nnew\n````\n"),
        ("like `diff -U0`", "```diff\n--- a.py\n+++ a.py\n@@ ... @@\n-old\n+new\n```\n"),
    ],
)
def test_edits_come_in_the_format_the_agent_asks_for(chat, prompt, expected):
    script = Script((WHERE,), "End.", edits=(Write("a.py", "new\n", "old\n"),))

    first = chat(script, prompt)["content"]
    second = chat(script, prompt, [first])["content"]

    assert (first, second) == (expected, "End.")


def test_agent_with_a_patch_tool_only_gets_patches(server):
    server.script("t1", Script((WHERE,), edits=(Write("a.py", "one\ntwo", None),)))
    tools = [{"type": "custom", "name": "apply_patch"}]

    reply = send(f"{server.url}/t/t1/v1/responses", {"model": "m", "input": "Hi", "tools": tools})

    assert reply.json["output"][0]["input"] == (
        "*** Begin Patch\n*** Add File: a.py\n+one\n+two\n*** End Patch\n"
    )


def test_editor_and_patch_tools_take_files_in_their_own_words(chat):
    def tool(name, *fields):
        schema = {"type": "object", "properties": {f: {"type": "string"} for f in fields}}
        return [{"type": "function", "function": {"name": name, "parameters": schema}}]

    script = Script((WHERE,), edits=(Write("a.py", "one\n"),))
    editor = chat(script, tools=tool("file_editor", "command", "path", "file_text"))
    patch = chat(script, tools=tool("apply_patch", "patchText"))

    given = [json.loads(m["tool_calls"][0]["function"]["arguments"]) for m in (editor, patch)]
    assert given == [
        {"command": "create", "path": "a.py", "file_text": "one\n"},
        {"patchText": "*** Begin Patch\n*** Add File: a.py\n+one\n*** End Patch\n"},
    ]


def test_local_shell_tool_of_the_responses_protocol(server):
    server.script("t1", Script((Shell("ls"),)))
    body = {"model": "m", "input": "Hi", "tools": [{"type": "local_shell"}]}

    (item,) = send(f"{server.url}/t/t1/v1/responses", body).json["output"]

    assert item["type"] == "local_shell_call"
    assert item["action"]["command"] == ["bash", "-lc", "ls"]


def test_stream_without_usage_unless_asked(server):
    body = {"model": "m", "stream": True, "messages": USER}

    events = send(server.url + CHAT, body).events

    assert all("usage" not in event for event in events)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("v1/messages/count_tokens", "input_tokens"),
        ("v1beta/models/m:countTokens", "totalTokens"),
    ],
)
def test_tokens_are_counted_by_the_formula(server, path, field):
    body = {"model": "m", "messages": USER, "contents": []}

    reply = send(f"{server.url}/t/t1/{path}", body)

    (one,) = server.served("t1")
    assert reply.json == {field: len(one.body) // 4}
    assert (one.did, server.usage("t1").input_tokens) == ("count", 0)


def test_models_are_listed(server):
    plain = send(f"{server.url}/t/t1/openai/v1/models", method="GET").json
    gemini = send(f"{server.url}/t/t1/gemini/v1beta/models", method="GET").json

    assert {one["object"] for one in plain["data"]} == {"model"}
    assert gemini["models"][0]["name"].startswith("models/")
    assert [one.did for one in server.served("t1")] == ["models", "models"]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
def test_other_paths_are_not_found(server, method):
    reply = send(f"{server.url}/t/t1/v1/embeddings", method=method)

    assert reply.status == 404
    assert [one.status for one in server.served("t1")] == [404]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_unreadable_body_is_refused(server, body):
    reply = send(server.url + CHAT, body)

    assert reply.status == 400
    assert reply.json["error"]["type"] == "invalid_request_error"


def test_packed_and_chunked_bodies_are_read(server):
    raw = json.dumps({"model": "m", "messages": USER}).encode()

    packed = send(server.url + CHAT, gzip.compress(raw), headers={"Content-Encoding": "gzip"})
    port = int(server.url.rpartition(":")[2])
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        for _ in range(2):
            connection.request("POST", CHAT, iter([raw[:9], raw[9:]]), encode_chunked=True)
            assert connection.getresponse().read() == packed.body

    assert [one.body for one in server.served("t1")] == [raw] * 3
