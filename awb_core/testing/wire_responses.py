"""OpenAI Responses, with function tools, freeform tools, namespaces and tools that arrive as an input item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from awb_core.testing import wire_chat
from awb_core.testing.conversation import (
    MARK,
    Answer,
    Call,
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

_CALLS = ("function_call", "custom_tool_call", "local_shell_call")
_RESULTS = tuple(f"{name}_output" for name in _CALLS)
_KINDS: dict[str, Literal["function", "custom", "local_shell"]] = {
    "function": "function",
    "custom": "custom",
    "local_shell": "local_shell",
}


def read(body: Mapping[str, Any]) -> Conversation:
    """Understand a request; of a continued response the id says how many calls came before."""
    given = body.get("input")
    items = maps([{"role": "user", "content": given}] if isinstance(given, str) else given)
    extra = [t for i in items if i.get("type") == "additional_tools" for t in maps(i.get("tools"))]
    tools = [tool for one in (*maps(body.get("tools")), *extra) for tool in _tools(one)]
    earlier = re.search(rf"resp_{MARK}_(\d+)_", str(body.get("previous_response_id")))
    shape = mapping(mapping(body.get("text")).get("format"))
    calls = count_calls(str(i.get("call_id")) for i in items if i.get("type") in _CALLS)
    return Conversation(
        model=str(body.get("model", "")),
        stream=bool(body.get("stream")),
        tools={tool.name: tool for tool in tools},
        calls=calls + (int(earlier.group(1)) if earlier else 0),
        said=tuple(
            "".join(texts([part.get("text") for part in maps(i.get("content"))]))
            for i in items
            if i.get("role") == "assistant"
        ),
        results=tuple(
            t for i in items if i.get("type") in _RESULTS for t in texts(i.get("output"))
        ),
        prompt="\n".join(texts([body.get("instructions"), items])),
        schema=mapping(shape.get("schema")) if shape.get("type") == "json_schema" else None,
    )


def answer(talk: Conversation, reply: Reply, usage: Usage, seed: str) -> Answer:
    """Word a reply."""
    items = list(_items(reply, seed))
    before = talk.calls + (reply.call is not None)
    whole = {
        "id": f"resp_{MARK}_{before}_{seed}",
        "object": "response",
        "created_at": wire_chat.CREATED,
        "status": "completed",
        "model": talk.model,
        "output": items,
        "usage": _counts(usage),
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": False,
        "reasoning": {"effort": None, "summary": None},
        "store": False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
    }
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    plain: list[tuple[str, dict[str, Any]]] = [
        ("response.created", {"response": begun}),
        ("response.in_progress", {"response": begun}),
    ]
    for at, item in enumerate(items):
        plain += [(name, {"output_index": at, **data}) for name, data in _streamed(item)]
    plain.append(("response.completed", {"response": whole}))
    events = tuple(
        Event(name=name, data={"type": name, "sequence_number": number, **data})
        for number, (name, data) in enumerate(plain)
    )
    return Answer(whole=whole, events=events, cut=3)


def refuse(status: int, message: str, *, overflow: bool = False) -> Mapping[str, Any]:
    """Word an error."""
    said = wire_chat.refuse(status, message, overflow=overflow)
    if not overflow:
        return said
    message = "Your input exceeds the context window of this model. Please adjust your input."
    return {"error": {**said["error"], "message": message}}


def _tools(one: Mapping[str, Any], namespace: str = "") -> Iterator[Tool]:
    """Yield the tools of a declaration; a namespace holds several."""
    kind = str(one.get("type"))
    if kind == "namespace":
        for inner in maps(one.get("tools")):
            yield from _tools(inner, str(one.get("name", "")))
    elif kind in _KINDS:
        yield Tool(
            name=str(one.get("name", kind)),
            kind=_KINDS[kind],
            schema=mapping(one.get("parameters")),
            namespace=namespace,
        )


def _counts(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens},
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _items(reply: Reply, seed: str) -> Iterator[dict[str, Any]]:
    if reply.text or reply.call is None:
        yield {
            "type": "message",
            "id": f"msg_{MARK}{seed}",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": reply.text, "annotations": []}],
        }
    if reply.call is not None:
        yield _call_item(reply.call, seed)


def _call_item(call: Call, seed: str) -> dict[str, Any]:
    item: dict[str, Any] = {"call_id": f"call_{MARK}{seed}", "status": "completed"}
    if call.tool.kind == "local_shell":
        command = mapping(call.arguments).get("command")
        action = {"type": "exec", "command": ["bash", "-lc", command], "env": {}}
        return {"type": "local_shell_call", "id": f"lsc_{MARK}{seed}", **item, "action": action}
    item["name"] = call.tool.name
    if call.tool.namespace:
        item["namespace"] = call.tool.namespace
    if call.tool.kind == "custom":
        return {"type": "custom_tool_call", "id": f"ctc_{MARK}{seed}", **item, "input": call.text}
    return {"type": "function_call", "id": f"fc_{MARK}{seed}", **item, "arguments": call.text}


def _streamed(item: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of an output item: added, its content, done."""
    same = {"item_id": item["id"]}
    added = {**item, "status": "in_progress"}
    middle: list[tuple[str, dict[str, Any]]] = []
    if item["type"] == "message":
        added["content"] = []
        part = item["content"][0]
        here = {**same, "content_index": 0}
        empty = {**part, "text": ""}
        middle = [
            ("response.content_part.added", {**here, "part": empty}),
            ("response.output_text.delta", {**here, "delta": part["text"]}),
            ("response.output_text.done", {**here, "text": part["text"]}),
            ("response.content_part.done", {**here, "part": part}),
        ]
    elif item["type"] in ("function_call", "custom_tool_call"):
        is_function = item["type"] == "function_call"
        field = "arguments" if is_function else "input"
        event = "function_call_arguments" if is_function else "custom_tool_call_input"
        added[field] = ""
        middle = [
            (f"response.{event}.delta", {**same, "delta": item[field]}),
            (f"response.{event}.done", {**same, field: item[field]}),
        ]
    yield "response.output_item.added", {"item": added}
    yield from middle
    yield "response.output_item.done", {"item": dict(item)}
