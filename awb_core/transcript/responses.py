"""OpenAI Responses, as a transcript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from awb_core.transcript.pieces import (
    Answered,
    Asked,
    Piece,
    Role,
    arguments_of,
    content_text,
    mapping,
    maps,
    string,
)

_ROLES: Mapping[str, Role] = {"system": "system", "developer": "system", "assistant": "agent"}
_ARGUMENTS = ("arguments", "input", "action", "operation", "code", "queries", "query")
"""Where the kinds of calls keep what they are called with."""
_DELTAS: Mapping[str, str] = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "text",
    "response.reasoning_summary_text.delta": "thought",
    "response.reasoning_text.delta": "thought",
    "response.function_call_arguments.delta": "arguments",
    "response.custom_tool_call_input.delta": "input",
}


def read_request(body: Mapping[str, Any]) -> Asked:
    """Understand a request."""
    pieces: list[Piece] = []
    if string(body.get("instructions")):
        pieces.append(Piece(role="system", kind="text", text=body["instructions"]))
    given = body.get("input")
    items = maps([{"role": "user", "content": given}] if isinstance(given, str) else given)
    for item in items:
        pieces += _pieces(item)
    return Asked(
        pieces=tuple(pieces),
        has_tools=bool(body.get("tools"))
        or any(item.get("type") == "additional_tools" for item in items),
        continues=string(body.get("previous_response_id")),
    )


def read_answer(values: list[Any]) -> Answered:
    """Understand an answer; of a cut stream whatever had come."""
    name = ""
    items: dict[str, dict[str, Any]] = {}
    for value in maps(values):
        inner = mapping(value.get("response")) if "type" in value else value
        name = name or string(inner.get("id"))
        whole = maps(inner.get("output"))
        if whole:
            return Answered(pieces=tuple(p for i in whole for p in _pieces(i)), id=name)
        _add(items, value)
    return Answered(pieces=tuple(p for i in items.values() for p in _pieces(i)), id=name)


def _add(items: dict[str, dict[str, Any]], event: Mapping[str, Any]) -> None:
    """Take an event of a stream into the items that it made so far."""
    kind = string(event.get("type"))
    at = str(event.get("output_index", event.get("item_id")))
    if kind in ("response.output_item.added", "response.output_item.done"):
        items[at] = dict(mapping(event.get("item")))
        return
    field = _DELTAS.get(kind)
    if field is None or at not in items:
        return
    item, delta = items[at], string(event.get("delta"))
    if field == "text":
        item["content"] = content_text(item.get("content")) + delta
    elif field == "thought":
        item["summary"] = [{"text": content_text(item.get("summary")) + delta}]
    else:
        item[field] = string(item.get(field)) + delta


def _pieces(item: Mapping[str, Any]) -> Iterator[Piece]:
    kind = string(item.get("type")) or "message"
    if kind == "message":
        role: Role = _ROLES.get(string(item.get("role")), "user")
        text = content_text(item.get("content"))
        if text:
            yield Piece(role=role, kind="text", text=text)
    elif kind == "reasoning":
        thought = content_text(item.get("summary")) or content_text(item.get("content"))
        if thought:
            yield Piece(role="agent", kind="reasoning", text=thought)
    elif kind.endswith("_output"):
        text = content_text(item.get("output"))
        yield Piece(role="user", kind="result", id=string(item.get("call_id")), text=text)
    elif kind.endswith("_call"):
        yield _call(item, kind)
    elif "compaction" in kind:
        yield Piece(
            role="user", kind="text", text="[the history so far, compacted by the provider]"
        )


def _call(item: Mapping[str, Any], kind: str) -> Piece:
    name = ".".join(string(item.get(key)) for key in ("namespace", "name") if item.get(key))
    found = next((key for key in _ARGUMENTS if item.get(key) is not None), "")
    given = item.get(found) if found else {}
    # The input of a freeform tool is a text even where it happens to be JSON.
    is_free = kind == "custom_tool_call"
    return Piece(
        role="agent",
        kind="call",
        id=string(item.get("call_id")) or string(item.get("id")),
        name=name or kind.removesuffix("_call"),
        arguments={"input": given} if is_free else arguments_of(given, found or "arguments"),
    )
