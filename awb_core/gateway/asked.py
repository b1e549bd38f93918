"""What a request asks for, read from its body; and the one change that is made to it."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

from awb_core.gateway.protocols import Target

INCLUDE_USAGE = "stream_options.include_usage"
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the body of a request says, as far as it can be read."""

    model: str = ""
    stream: bool = False
    tools_digest: str = ""
    """Of the tools as offered to the model: shows when an agent's release changes them."""
    system_digest: str = ""
    """Of the instructions that do not come from the task."""
    lacks_usage: bool = False
    """It is a Chat stream that would end without saying what was used."""


def read_asked(operation: str, target: Target, body: bytes) -> Asked:
    """Read a decoded body; one that is no JSON object says nothing."""
    value = _parse(body)
    gemini = operation == "generate" or target.rest.endswith(":countTokens")
    model = target.rest.rsplit("/", 1)[-1].partition(":")[0] if gemini else value.get("model")
    stream = ":stream" in target.rest if gemini else value.get("stream") is True
    options = value.get("stream_options")
    included = isinstance(options, dict) and options.get("include_usage") is True
    return Asked(
        model=model if isinstance(model, str) else "",
        stream=stream,
        tools_digest=_digest(value.get("tools")),
        system_digest=_digest(_system(value)),
        lacks_usage=operation == "chat" and stream and not included,
    )


def with_usage(body: bytes) -> bytes:
    """Return a Chat request that also asks for usage; all else stays byte for byte where it can."""
    value = _parse(body)
    if "stream_options" not in value:
        opening = body.index(b"{") + 1
        return b'%b"stream_options":{"include_usage":true},%b' % (body[:opening], body[opening:])
    options = value["stream_options"]
    value["stream_options"] = {**(options if isinstance(options, dict) else {})}
    value["stream_options"]["include_usage"] = True
    return json.dumps(value).encode()


def decoded(body: bytes, encoding: str, limit: int) -> bytes:
    """Return a body without its content encoding; empty if that is unknown, broken or a bomb."""
    if encoding in {"", "identity"}:
        return body
    bits = _WINDOW_BITS.get(encoding)
    if bits is None:
        return b""
    unpacker = zlib.decompressobj(bits)
    try:
        plain = unpacker.decompress(body, limit)
    except zlib.error:
        return b""
    return plain if unpacker.eof else b""


def _parse(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _system(value: dict[str, Any]) -> Any:
    for name in ("system", "instructions", "systemInstruction", "system_instruction"):
        if value.get(name):
            return value[name]
    turns = value.get("messages") or value.get("input")
    if not isinstance(turns, list):
        return None
    roles = ("system", "developer")
    return [turn for turn in turns if isinstance(turn, dict) and turn.get("role") in roles]


def _digest(value: Any) -> str:
    if not value:
        return ""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
