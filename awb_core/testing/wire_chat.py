"""OpenAI Chat Completions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from awb_core.testing.conversation import (
    MARK,
    Answer,
    Conversation,
    Event,
    Reply,
    Tool,
    Usage,
    count_calls,
    mapping,
    maps,
    texts,
)

REASONS = True
"""The protocol reports reasoning tokens, as a part of the output."""

CREATED = 1_767_225_600
"""The time each answer bears, so that the same request gets the same answer."""


def read(body: Mapping[str, Any]) -> Conversation:
    """Understand a request."""
    messages = maps(body.get("messages"))
    own = [m for m in messages if m.get("role") == "assistant"]
    functions = [mapping(t.get("function")) for t in maps(body.get("tools"))]
    shape = mapping(body.get("response_format"))
    wanted = mapping(mapping(shape.get("json_schema")).get("schema"))
    return Conversation(
        model=str(body.get("model", "")),
        stream=bool(body.get("stream")),
        tools={
            f["name"]: Tool(name=f["name"], schema=mapping(f.get("parameters")))
            for f in functions
            if "name" in f
        },
        calls=count_calls(str(c.get("id")) for m in own for c in maps(m.get("tool_calls"))),
        said=tuple("".join(texts(m.get("content"))) for m in own),
        results=tuple(
            t for m in messages if m.get("role") == "tool" for t in texts(m.get("content"))
        ),
        prompt="\n".join(texts(messages)),
        schema=wanted if str(shape.get("type", "")).startswith("json") else None,
        usage_in_stream=bool(mapping(body.get("stream_options")).get("include_usage")),
    )


def answer(talk: Conversation, reply: Reply, usage: Usage, seed: str) -> Answer:
    """Word a reply."""
    base = {
        "id": f"chatcmpl-{MARK}{seed}",
        "created": CREATED,
        "model": talk.model,
        "system_fingerprint": f"fp_{MARK}",
    }
    counts = _counts(usage)
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    if reply.call is not None:
        message["tool_calls"] = [_call(reply, seed, reply.call.text)]
    else:
        message["content"] = reply.text
    end = "tool_calls" if reply.call else "stop"
    choice = {"index": 0, "message": message, "finish_reason": end, "logprobs": None}
    whole = {**base, "object": "chat.completion", "choices": [choice], "usage": counts}
    part = {**base, "object": "chat.completion.chunk"}
    events = [
        Event(data={**part, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        for delta in _deltas(reply, seed)
    ]
    events.append(
        Event(data={**part, "choices": [{"index": 0, "delta": {}, "finish_reason": end}]})
    )
    if talk.usage_in_stream:
        events.append(Event(data={**part, "choices": [], "usage": counts}))
    return Answer(whole=whole, events=(*events, Event(data="[DONE]")), cut=2)


def refuse(status: int, message: str, *, overflow: bool = False) -> Mapping[str, Any]:
    """Word an error."""
    code = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}.get(status)
    if overflow:
        code = "context_length_exceeded"
        message = (
            "This model's maximum context length is 128000 tokens. However, your messages resulted"
            " in 250000 tokens. Please reduce the length of the messages."
        )
    kind = "server_error" if status >= 500 else "invalid_request_error"
    if status == 429:
        kind = "requests"
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _counts(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


def _call(reply: Reply, seed: str, arguments: str) -> dict[str, Any]:
    name = reply.call.tool.name if reply.call else ""
    function = {"name": name, "arguments": arguments}
    return {"id": f"call_{MARK}{seed}", "type": "function", "function": function}


def _deltas(reply: Reply, seed: str) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": "" if reply.call is None else None}
    if reply.text:
        yield {"content": reply.text}
    if reply.call is not None:
        text = reply.call.text
        half = len(text) // 2
        yield {"tool_calls": [{"index": 0, **_call(reply, seed, text[:half])}]}
        yield {"tool_calls": [{"index": 0, "function": {"arguments": text[half:]}}]}
