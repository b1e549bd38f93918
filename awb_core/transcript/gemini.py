"""Gemini generateContent and streamGenerateContent, as a transcript."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from awb_core.transcript.pieces import (
    Answered,
    Asked,
    Piece,
    Role,
    arguments_of,
    content_text,
    dumped,
    mapping,
    maps,
    string,
)


def read_request(body: Mapping[str, Any]) -> Asked:
    """Understand a request."""
    system = mapping(body.get("systemInstruction") or body.get("system_instruction"))
    pieces = list(_joined(_pieces("system", system)))
    for content in maps(body.get("contents")):
        role: Role = "agent" if content.get("role") == "model" else "user"
        pieces += _joined(_pieces(role, content)) if role == "agent" else _pieces(role, content)
    return Asked(pieces=tuple(pieces), has_tools=bool(body.get("tools")))


def read_answer(values: list[Any]) -> Answered:
    """Understand an answer; its parts come in pieces of any size."""
    pieces: list[Piece] = []
    name = ""
    for value in maps(values):
        name = name or string(value.get("responseId"))
        for candidate in maps(value.get("candidates"))[:1]:
            pieces += _pieces("agent", mapping(candidate.get("content")))
    return Answered(pieces=tuple(_joined(pieces)), id=name)


def _pieces(role: Role, content: Mapping[str, Any]) -> Iterator[Piece]:
    for part in maps(content.get("parts")):
        if "functionCall" in part:
            call = mapping(part["functionCall"])
            yield Piece(
                role="agent",
                kind="call",
                id=string(call.get("id")),
                name=string(call.get("name")),
                arguments=arguments_of(call.get("args") or {}),
            )
        elif "functionResponse" in part:
            yield _result(mapping(part["functionResponse"]))
        elif isinstance(part.get("text"), str):
            thought = part.get("thought") is True
            yield Piece(role=role, kind="reasoning" if thought else "text", text=part["text"])
        elif any(key.startswith(("executable", "codeExecution")) for key in part):
            yield Piece(role=role, kind="text", text=dumped(part))
        else:
            text = content_text([part])
            if text:
                yield Piece(role=role, kind="text", text=text)


def _result(answer: Mapping[str, Any]) -> Piece:
    response = mapping(answer.get("response"))
    text = response.get("output", response.get("error"))
    return Piece(
        role="user",
        kind="result",
        id=string(answer.get("id")),
        name=string(answer.get("name")),
        text=text if isinstance(text, str) else dumped(response),
        is_error="error" in response and "output" not in response,
    )


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join neighbours of the same kind, as clients do when they keep an answer; empty ones fall away."""
    last: Piece | None = None
    for piece in pieces:
        if piece.kind in ("text", "reasoning") and last and last.kind == piece.kind:
            last = Piece(role=piece.role, kind=piece.kind, text=last.text + piece.text)
            continue
        if last and (last.text or last.kind not in ("text", "reasoning")):
            yield last
        last = piece
    if last and (last.text or last.kind not in ("text", "reasoning")):
        yield last
