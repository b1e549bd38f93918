"""Which protocol a request speaks, and how answers and errors are sent in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from awb_core.testing import wire_anthropic, wire_chat, wire_gemini, wire_responses
from awb_core.testing.conversation import Answer, Conversation, Event, Wire
from awb_core.testing.model_http import Request, Response

MODELS = ("claude-sonnet-4-5", "gpt-5.5", "gemini-2.5-pro")
"""What the list of models names; every other name is served, too."""

_GEMINI = re.compile(r"/models/([^/:]+):(generateContent|streamGenerateContent|countTokens)$")
_MESSAGES = {
    401: "invalid api key (scripted)",
    403: "forbidden (scripted)",
    404: "not found (scripted)",
    429: "rate limit reached (scripted)",
    529: "overloaded (scripted)",
}
_RETRIED = (429, 503, 529)


class Unreadable(ValueError):
    """A request's body is not a JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What a path asks for."""

    protocol: str
    """`anthropic`, `chat`, `responses` or `gemini`."""

    wire: Wire
    reasons: bool
    """Whether the protocol reports reasoning tokens."""

    counts: str = ""
    """Field of the answer if only the prompt's tokens are to be counted, else ""."""

    model: str = ""
    """The model if the path names it."""

    stream: bool = False
    """Whether the path asks for a stream; elsewhere the body does."""

    events: bool = True
    """Whether a stream is one of server-sent events; else it is a JSON list."""

    def read(self, request: Request) -> Conversation:
        """Understand the request.

        Raises:
            Unreadable: the body is not a JSON object.
        """
        try:
            body = json.loads(request.body)
        except ValueError as error:
            raise Unreadable(str(error)) from error
        if not isinstance(body, dict):
            message = "the body is not a JSON object"
            raise Unreadable(message)
        talk = self.wire.read(body)
        return replace(talk, model=self.model or talk.model, stream=self.stream or talk.stream)

    def answer(self, answer: Answer, *, stream: bool, is_cut: bool) -> Response:
        """Send an answer."""
        if not stream:
            return json_response(200, answer.whole, is_cut=is_cut)
        events = answer.events[: answer.cut] if is_cut else answer.events
        if self.events:
            # Gemini ends lines of its streams with CR LF, the others with LF.
            end = "\r\n" if self.protocol == "gemini" else "\n"
            pieces = [_framed(event, end) for event in events]
        else:
            starts = ["[", *[",\r\n"] * (len(events) - 1)]
            pieces = [(a + _text(e)).encode() for a, e in zip(starts, events, strict=True)]
            pieces += [] if is_cut else [b"]"]
        return Response(
            status=200,
            kind="text/event-stream" if self.events else "application/json",
            headers={"Cache-Control": "no-cache"},
            pieces=tuple(pieces),
            stream=True,
            is_cut=is_cut,
        )

    def error(self, status: int, message: str = "", *, overflow: bool = False) -> Response:
        """Send an error in the provider's shape."""
        message = message or _MESSAGES.get(status, "server error (scripted)")
        body = self.wire.refuse(status, message, overflow=overflow)
        headers = {"Retry-After": "1"} if status in _RETRIED and self.protocol != "gemini" else {}
        return json_response(status, body, headers)


def endpoint_of(request: Request) -> Endpoint | None:
    """Return what the path asks for, if it is one of the protocols' own."""
    path = request.path
    if request.method != "POST":
        return None
    if found := _GEMINI.search(path):
        return Endpoint(
            protocol="gemini",
            wire=wire_gemini,
            reasons=wire_gemini.REASONS,
            counts="totalTokens" if found[2] == "countTokens" else "",
            model=found[1],
            stream=found[2] == "streamGenerateContent",
            events=request.query.get("alt") == ["sse"],
        )
    if path.endswith(("/messages", "/messages/count_tokens")):
        return Endpoint(
            protocol="anthropic",
            wire=wire_anthropic,
            reasons=wire_anthropic.REASONS,
            counts="input_tokens" if path.endswith("/count_tokens") else "",
        )
    if path.endswith("/chat/completions"):
        return Endpoint(protocol="chat", wire=wire_chat, reasons=wire_chat.REASONS)
    if path.endswith("/responses"):
        return Endpoint(protocol="responses", wire=wire_responses, reasons=wire_responses.REASONS)
    return None


def is_model_list(request: Request) -> bool:
    """Say whether the request asks which models there are."""
    return request.method == "GET" and re.search(r"/models(/[^/]+)?$", request.path) is not None


def model_list(request: Request) -> Response:
    """Name the models, in the words of Gemini or of the others."""
    if "/v1beta/" in request.path:
        named = [{"name": f"models/{name}", "displayName": name} for name in MODELS]
        return json_response(200, {"models": named})
    listed = [
        {
            "id": name,
            "object": "model",
            "type": "model",
            "display_name": name,
            "created": wire_chat.CREATED,
            "owned_by": "scripted",
        }
        for name in MODELS
    ]
    return json_response(200, {"object": "list", "data": listed, "models": [], "has_more": False})


def json_response(
    status: int,
    body: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    *,
    is_cut: bool = False,
) -> Response:
    """Send a JSON object whole."""
    pieces = (json.dumps(body).encode(),)
    return Response(status=status, pieces=pieces, headers=headers or {}, is_cut=is_cut)


def _text(event: Event) -> str:
    return event.data if isinstance(event.data, str) else json.dumps(event.data)


def _framed(event: Event, end: str) -> bytes:
    name = f"event: {event.name}{end}" if event.name else ""
    return f"{name}data: {_text(event)}{end}{end}".encode()
