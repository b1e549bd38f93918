"""Anthropic Messages."""

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

REASONS = False
"""The protocol does not report reasoning tokens."""

_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def read(body: Mapping[str, Any]) -> Conversation:
    """Understand a request."""
    messages = maps(body.get("messages"))
    blocks = [(m.get("role"), block) for m in messages for block in _blocks(m.get("content"))]
    output = mapping(body.get("output_config"))
    shape = mapping(output.get("format")) or mapping(body.get("output_format"))
    tools = maps(body.get("tools"))
    return Conversation(
        model=str(body.get("model", "")),
        stream=bool(body.get("stream")),
        tools={
            t["name"]: Tool(name=t["name"], schema=mapping(t.get("input_schema")))
            for t in tools
            if "name" in t
        },
        calls=count_calls(str(b.get("id")) for _, b in blocks if b.get("type") == "tool_use"),
        said=tuple(
            str(b.get("text"))
            for role, b in blocks
            if role == "assistant" and b.get("type") == "text"
        ),
        results=tuple(t for _, b in blocks if b.get("type") == "tool_result" for t in texts(b)),
        prompt="\n".join(texts([body.get("system"), messages])),
        schema=mapping(shape.get("schema")) if shape.get("type") == "json_schema" else None,
    )


def answer(talk: Conversation, reply: Reply, usage: Usage, seed: str) -> Answer:
    """Word a reply."""
    blocks = list(_content(reply, seed))
    counts = {
        "input_tokens": usage.input_tokens - usage.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
    }
    stop = {"stop_reason": "tool_use" if reply.call else "end_turn", "stop_sequence": None}
    message = {
        "id": f"msg_{MARK}_{seed}",
        "type": "message",
        "role": "assistant",
        "model": talk.model,
        "content": blocks,
        **stop,
        "usage": counts,
    }
    begun = {**message, "content": [], "stop_reason": None, "usage": {**counts, "output_tokens": 1}}
    events = [
        _event("message_start", message=begun),
        *(event for at, block in enumerate(blocks) for event in _streamed(at, block, reply)),
        _event("message_delta", delta=stop, usage=counts),
        _event("message_stop"),
    ]
    announced = Usage(
        input_tokens=usage.input_tokens, cached_tokens=usage.cached_tokens, output_tokens=1
    )
    return Answer(whole=message, events=tuple(events), cut=3, announced=announced)


def refuse(status: int, message: str, *, overflow: bool = False) -> Mapping[str, Any]:
    """Word an error."""
    if overflow:
        message = "prompt is too long: 250000 tokens > 200000 maximum"
    error = {"type": _KINDS.get(status, "api_error"), "message": message}
    return {"type": "error", "error": error, "request_id": f"req_{MARK}"}


def _blocks(content: object) -> list[Mapping[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else maps(content)


def _content(reply: Reply, seed: str) -> Iterator[dict[str, Any]]:
    if reply.text or reply.call is None:
        yield {"type": "text", "text": reply.text}
    if reply.call is not None:
        yield {
            "type": "tool_use",
            "id": f"toolu_{MARK}_{seed}",
            "name": reply.call.tool.name,
            "input": reply.call.arguments,
        }


def _streamed(at: int, block: Mapping[str, Any], reply: Reply) -> Iterator[Event]:
    if block["type"] == "text":
        yield _event("content_block_start", index=at, content_block={**block, "text": ""})
        delta = {"type": "text_delta", "text": block["text"]}
        yield _event("content_block_delta", index=at, delta=delta)
    elif reply.call is not None:
        yield _event("content_block_start", index=at, content_block={**block, "input": {}})
        text = reply.call.text
        for part in (text[: len(text) // 2], text[len(text) // 2 :]):
            delta = {"type": "input_json_delta", "partial_json": part}
            yield _event("content_block_delta", index=at, delta=delta)
    yield _event("content_block_stop", index=at)


def _event(name: str, **data: Any) -> Event:
    return Event(name=name, data={"type": name, **data})
