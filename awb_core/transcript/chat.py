"""OpenAI Chat Completions, as a transcript."""

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
_RESULTS = frozenset({"tool", "function"})
_TEXTS = ("content", "refusal", "reasoning_content", "reasoning")


def read_request(body: Mapping[str, Any]) -> Asked:
    """Understand a request."""
    pieces = [piece for message in maps(body.get("messages")) for piece in _pieces(message)]
    return Asked(pieces=tuple(pieces), has_tools=bool(body.get("tools") or body.get("functions")))


def read_answer(values: list[Any]) -> Answered:
    """Understand an answer; of several choices the first."""
    message: dict[str, Any] = {"role": "assistant"}
    calls: dict[str, dict[str, str]] = {}
    name = ""
    for value in maps(values):
        name = name or string(value.get("id"))
        for choice in maps(value.get("choices")):
            if choice.get("index", 0) != 0:
                continue
            if isinstance(choice.get("message"), Mapping):
                return Answered(
                    pieces=tuple(_pieces({**choice["message"], "role": "assistant"})), id=name
                )
            _add(message, calls, mapping(choice.get("delta")))
    message["tool_calls"] = [
        {"id": call["id"], "function": {"name": call["name"], "arguments": call["arguments"]}}
        for call in calls.values()
    ]
    return Answered(pieces=tuple(_pieces(message)), id=name)


def _add(
    message: dict[str, Any], calls: dict[str, dict[str, str]], delta: Mapping[str, Any]
) -> None:
    for name in _TEXTS:
        if isinstance(delta.get(name), str):
            message[name] = message.get(name, "") + delta[name]
    for part in maps(delta.get("tool_calls")):
        call = calls.setdefault(
            str(part.get("index", part.get("id"))), {"id": "", "name": "", "arguments": ""}
        )
        function = mapping(part.get("function"))
        call["id"] = call["id"] or string(part.get("id"))
        call["name"] += string(function.get("name"))
        call["arguments"] += string(function.get("arguments"))


def _pieces(message: Mapping[str, Any]) -> Iterator[Piece]:
    said = string(message.get("role"))
    text = content_text(message.get("content")) or string(message.get("refusal"))
    if said in _RESULTS:
        yield Piece(
            role="user",
            kind="result",
            id=string(message.get("tool_call_id")),
            name=string(message.get("name")),
            text=text,
        )
        return
    role: Role = _ROLES.get(said, "user")
    thought = message.get("reasoning_content") or message.get("reasoning")
    if isinstance(thought, str) and thought:
        yield Piece(role=role, kind="reasoning", text=thought)
    if text:
        yield Piece(role=role, kind="text", text=text)
    calls = maps(message.get("tool_calls"))
    if isinstance(message.get("function_call"), Mapping):
        calls = [*calls, {"function": message["function_call"]}]
    for call in calls:
        function = mapping(call.get("function") or call.get("custom"))
        yield Piece(
            role="agent",
            kind="call",
            id=string(call.get("id")),
            name=string(function.get("name")),
            arguments=arguments_of(function.get("arguments", function.get("input"))),
        )
