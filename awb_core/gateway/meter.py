"""Read usage out of answers while they stream past, without holding them back."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

MAX_EVENT_BYTES = 16 << 20
"""Larger events and bodies are passed on but not understood."""

_SPACE_AND_COMMAS = re.compile(r"[\s,]*")


class Meter:
    """What an answer says of itself: who answered, what was used, how it ended."""

    def __init__(self, operation: str, content_type: str, encoding: str) -> None:
        self.model = ""
        self.usage: dict[str, Any] = {}
        self.context: dict[str, str] = {}
        """What a price may depend on, such as the service tier."""
        self.stop_reason = ""
        self.provider_error = ""
        self.complete = False
        """Whether the answer said that it is over."""
        self._operation = operation
        self.is_events = "event-stream" in content_type
        feed = _Events if self.is_events else _Values
        self._feed = feed(self._read)
        self._unpacker = zlib.decompressobj(47) if encoding in {"gzip", "deflate"} else None

    def feed(self, chunk: bytes) -> None:
        """Take what arrived."""
        if self._unpacker is not None:
            try:
                chunk = self._unpacker.decompress(chunk, MAX_EVENT_BYTES)
            except zlib.error:
                chunk = b""
        self._feed.feed(chunk)

    def close(self) -> None:
        """Take the end of the answer, also of one that was cut."""
        self._feed.close()

    def _read(self, value: Any) -> None:
        if value == "[DONE]":
            self.complete = True
        if not isinstance(value, dict):
            return
        error = value.get("error")
        if error:
            self.complete = True
            self.provider_error = self.provider_error or _words(error)
        _READERS.get(self._operation, _read_nothing)(self, value)

    def note(self, source: Mapping[str, Any], model: str, usage: str) -> None:
        """Keep the model and the usage of an object, where it has them."""
        if isinstance(source.get(model), str) and source[model]:
            self.model = source[model]
        found = source.get(usage)
        if isinstance(found, dict):
            self.usage.update({name: each for name, each in found.items() if each is not None})
            if isinstance(found.get("speed"), str):
                self.context["speed"] = found["speed"]
        if isinstance(source.get("service_tier"), str):
            self.context["service_tier"] = source["service_tier"]

    def stop(self, reason: Any) -> None:
        """Keep why the model stopped, once it says so."""
        if isinstance(reason, str) and reason:
            self.stop_reason, self.complete = reason, True


def _read_messages(meter: Meter, value: Mapping[str, Any]) -> None:
    kind, message = value.get("type"), value.get("message")
    if kind == "message_start" and isinstance(message, dict):
        meter.note(message, "model", "usage")
    elif kind == "message_delta":
        meter.note(value, "model", "usage")
        delta = value.get("delta")
        if isinstance(delta, dict) and isinstance(delta.get("stop_reason"), str):
            meter.stop_reason = delta["stop_reason"]
    elif kind == "message_stop":
        meter.complete = True
    elif kind == "message":
        meter.note(value, "model", "usage")
        meter.stop(value.get("stop_reason"))


def _read_chat(meter: Meter, value: Mapping[str, Any]) -> None:
    meter.note(value, "model", "usage")
    for choice in _objects(value.get("choices")):
        meter.stop(choice.get("finish_reason"))


def _read_responses(meter: Meter, value: Mapping[str, Any]) -> None:
    # Events carry the response; a body that does not stream is the response.
    inner = value.get("response") if "type" in value else value
    response = inner if isinstance(inner, dict) else {}
    meter.note(response, "model", "usage")
    if response.get("status") in {"completed", "failed", "incomplete", "cancelled"}:
        meter.stop(response["status"])
    if response.get("error"):
        meter.provider_error = _words(response["error"])
    if value.get("type") == "error":
        meter.complete, meter.provider_error = True, _words(value)


def _read_generate(meter: Meter, value: Mapping[str, Any]) -> None:
    meter.note(value, "modelVersion", "usageMetadata")
    for candidate in _objects(value.get("candidates")):
        meter.stop(candidate.get("finishReason"))
    feedback = value.get("promptFeedback")
    if isinstance(feedback, dict):
        meter.stop(feedback.get("blockReason"))


def _read_nothing(meter: Meter, value: Mapping[str, Any]) -> None:
    """An operation that costs nothing has no usage."""


_READERS: Mapping[str, Callable[[Meter, Mapping[str, Any]], None]] = {
    "messages": _read_messages,
    "chat": _read_chat,
    "responses": _read_responses,
    "generate": _read_generate,
}


class _Events:
    """Server-sent events; their data are JSON or the word that ends a Chat stream."""

    def __init__(self, read: Callable[[Any], None]) -> None:
        self._read = read
        self._line = bytearray()
        self._data = bytearray()
        self._too_large = False

    def feed(self, chunk: bytes) -> None:
        lines = chunk.split(b"\n")
        for piece in lines[:-1]:
            self._keep(piece)
            self._end_line()
        self._keep(lines[-1])

    def close(self) -> None:
        self._end_line()
        self._dispatch()

    def _keep(self, piece: bytes) -> None:
        if len(self._line) + len(self._data) + len(piece) > MAX_EVENT_BYTES:
            self._too_large = True
        if self._too_large:
            self._line.clear()
            self._data.clear()
            # Enough of the line stays to see that it is not the empty one that ends the event.
            piece = piece[:1]
        self._line += piece

    def _end_line(self) -> None:
        line = bytes(self._line).rstrip(b"\r")
        self._line.clear()
        if not line:
            self._dispatch()
        elif line.startswith(b"data:"):
            self._data += line[5:].strip()

    def _dispatch(self) -> None:
        data = bytes(self._data)
        self._data.clear()
        self._too_large = False
        if data == b"[DONE]":
            self._read("[DONE]")
        elif data:
            _, values = _values_of(data.decode("utf-8", "replace"))
            for value in values:
                self._read(value)


class _Values:
    """A JSON body: one object, or an array whose elements are read as they come."""

    def __init__(self, read: Callable[[Any], None]) -> None:
        self._read = read
        self._buffer = bytearray()
        self._next_try = 1 << 12
        self._is_array = False
        self._too_large = False

    def feed(self, chunk: bytes) -> None:
        if self._too_large:
            return
        if not self._buffer and not self._is_array:
            chunk = chunk.lstrip()
            self._is_array = chunk.startswith(b"[")
            chunk = chunk[1:] if self._is_array else chunk
        self._buffer += chunk
        if self._is_array and len(self._buffer) >= self._next_try:
            self._drain()
        if len(self._buffer) > MAX_EVENT_BYTES:
            self._too_large = True
            self._buffer.clear()

    def close(self) -> None:
        self._drain()

    def _drain(self) -> None:
        text = self._buffer.decode("utf-8", "surrogateescape")
        end, values = _values_of(text)
        self._buffer = bytearray(text[end:].encode("utf-8", "surrogateescape"))
        # Tried again only when twice as much is there, so that a long element is not parsed over and over.
        self._next_try = max(1 << 12, 2 * len(self._buffer))
        for value in values:
            self._read(value)


def _values_of(text: str) -> tuple[int, list[Any]]:
    """Return the JSON values at the start of a text, and where what is no whole value begins."""
    decoder, values = json.JSONDecoder(), []
    position = _skip(text, 0)
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        values.append(value)
        position = _skip(text, position)
    return position, values


def _skip(text: str, position: int) -> int:
    match = _SPACE_AND_COMMAS.match(text, position)
    return match.end() if match else position


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _words(error: Any) -> str:
    if isinstance(error, dict):
        kind = error.get("type") or error.get("status") or error.get("code") or ""
        return f"{kind}: {error.get('message', '')}"[:300]
    return str(error)[:300]
