"""Gemini generateContent and streamGenerateContent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awb_core.testing.conversation import (
    MARK,
    Answer,
    Conversation,
    Event,
    Reply,
    Tool,
    Usage,
    mapping,
    maps,
    texts,
)

REASONS = True
"""The protocol reports thoughts, beside the candidates' tokens."""

_STATES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}


def read(body: Mapping[str, Any]) -> Conversation:
    """Understand a request; the model and the kind of answer stand in the path, not here."""
    contents = maps(body.get("contents"))
    parts = [(c.get("role"), part) for c in contents for part in maps(c.get("parts"))]
    # Both spellings are the provider's: JSON, and the names of its protocol buffers.
    spellings = ("functionDeclarations", "function_declarations")
    tools = [mapping(tool) for tool in maps(body.get("tools"))]
    functions = [f for tool in tools for name in spellings for f in maps(tool.get(name))]
    settings = mapping(body.get("generationConfig"))
    shape = mapping(settings.get("responseJsonSchema")) or mapping(settings.get("responseSchema"))
    return Conversation(
        model="",
        stream=False,
        tools={f["name"]: _tool(f) for f in functions if "name" in f},
        # The ids are the agent's own here, if there are any.
        calls=sum(role == "model" and "functionCall" in part for role, part in parts),
        said=tuple(
            str(p["text"])
            for role, p in parts
            if role == "model" and "text" in p and not p.get("thought")
        ),
        results=tuple(t for _, p in parts for t in texts(p.get("functionResponse"))),
        prompt="\n".join(texts([body.get("systemInstruction"), contents])),
        schema=(shape or {"type": "object"})
        if settings.get("responseMimeType") == "application/json"
        else None,
    )


def answer(talk: Conversation, reply: Reply, usage: Usage, seed: str) -> Answer:
    """Word a reply; streamed, a thought comes first and announces the prompt's usage."""
    parts: list[dict[str, Any]] = []
    if reply.text or reply.call is None:
        parts.append({"text": reply.text})
    if reply.call is not None:
        call = {"name": reply.call.tool.name, "args": reply.call.arguments}
        parts.append({"functionCall": call, "thoughtSignature": "c2NyaXB0ZWQ="})
    whole = _answer(talk, parts, usage, seed, "STOP")
    announced = Usage(
        input_tokens=usage.input_tokens,
        cached_tokens=usage.cached_tokens,
        output_tokens=usage.reasoning_tokens,
        reasoning_tokens=usage.reasoning_tokens,
    )
    thought = [{"text": "**Following the script**", "thought": True}]
    first = _answer(talk, thought, announced, seed, None)
    events = (Event(data=first), Event(data=whole))
    return Answer(whole=whole, events=events, cut=1, announced=announced)


def refuse(status: int, message: str, *, overflow: bool = False) -> Mapping[str, Any]:
    """Word an error."""
    if overflow:
        message = "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576)."
    error: dict[str, Any] = {
        "code": status,
        "message": message,
        "status": _STATES.get(status, "INTERNAL"),
    }
    if status == 429:
        kind = "type.googleapis.com/google.rpc.RetryInfo"
        error["details"] = [{"@type": kind, "retryDelay": "1s"}]
    return {"error": error}


def _tool(function: Mapping[str, Any]) -> Tool:
    schema = mapping(function.get("parametersJsonSchema")) or mapping(function.get("parameters"))
    return Tool(name=str(function["name"]), schema=schema)


def _answer(
    talk: Conversation, parts: list[dict[str, Any]], usage: Usage, seed: str, finish: str | None
) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": usage.input_tokens,
            "cachedContentTokenCount": usage.cached_tokens,
            "candidatesTokenCount": usage.output_tokens - usage.reasoning_tokens,
            "thoughtsTokenCount": usage.reasoning_tokens,
            "totalTokenCount": usage.input_tokens + usage.output_tokens,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.input_tokens}],
        },
        "modelVersion": talk.model,
        "responseId": f"{MARK}{seed}",
    }
