"""Anthropic Messages, as a transcript."""

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

_DELTAS = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}


def read_request(body: Mapping[str, Any]) -> Asked:
    """Understand a request."""
    pieces: list[Piece] = []
    system = content_text(body.get("system"))
    if system:
        pieces.append(Piece(role="system", kind="text", text=system))
    for message in maps(body.get("messages")):
        said = message.get("role")
        role: Role = "agent" if said == "assistant" else "system" if said == "system" else "user"
        pieces += _pieces(role, message.get("content"))
    return Asked(pieces=tuple(pieces), has_tools=bool(body.get("tools")))


def read_answer(values: list[Any]) -> Answered:
    """Understand an answer."""
    blocks: dict[object, dict[str, Any]] = {}
    for value in maps(values):
        kind, at = value.get("type"), str(value.get("index"))
        if kind == "message":
            return Answered(
                pieces=tuple(_pieces("agent", value.get("content"))), id=string(value.get("id"))
            )
        if kind == "content_block_start":
            blocks[at] = dict(mapping(value.get("content_block")))
        elif kind == "content_block_delta" and at in blocks:
            delta = mapping(value.get("delta"))
            name = _DELTAS.get(string(delta.get("type")))
            if name:
                blocks[at][name] = string(blocks[at].get(name)) + string(delta.get(name))
    for block in blocks.values():
        if "partial_json" in block:
            block["input"] = block["partial_json"]
    return Answered(pieces=tuple(_pieces("agent", list(blocks.values()))))


def _pieces(role: Role, content: object) -> Iterator[Piece]:
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    for block in maps(content):
        kind = string(block.get("type"))
        if kind.endswith("tool_use"):
            yield Piece(
                role="agent",
                kind="call",
                id=string(block.get("id")),
                name=string(block.get("name")),
                arguments=arguments_of(block.get("input")),
            )
        elif kind.endswith("tool_result"):
            yield Piece(
                role="user",
                kind="result",
                id=string(block.get("tool_use_id")),
                text=content_text(block.get("content")),
                is_error=block.get("is_error") is True,
            )
        elif kind == "thinking":
            yield Piece(role=role, kind="reasoning", text=string(block.get("thinking")))
        elif kind != "redacted_thinking":
            text = content_text([block])
            if text:
                yield Piece(role=role, kind="text", text=text)
