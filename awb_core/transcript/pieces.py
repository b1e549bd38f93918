"""What the protocols have in common: a request or an answer as pieces, and care with values of any shape."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "agent"]
Kind = Literal["text", "reasoning", "call", "result"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The smallest part of a conversation."""

    role: Role
    kind: Kind
    text: str = ""
    """What was said, thought or answered by a tool."""
    id: str = ""
    """Of the tool call, where the protocol has one."""
    name: str = ""
    """Of the tool."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    is_error: bool = False

    @property
    def key(self) -> str:
        """What a later request repeats: equal for a piece and its copy in a history."""
        if self.kind in ("call", "result") and self.id:
            return f"{self.kind} {self.id}"
        said = f"{self.name} {dumped(self.arguments)} {' '.join(self.text.split())}"
        digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
        return f"{self.role} {self.kind} {digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as a conversation."""

    pieces: tuple[Piece, ...]
    """In order; instructions have the role `system`."""
    has_tools: bool = False
    continues: str = ""
    """The id of the answer whose conversation goes on, where the history is kept by the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as a turn of the agent."""

    pieces: tuple[Piece, ...] = ()
    id: str = ""


class Reader(Protocol):
    """A wire protocol; each module of one is such a reader."""

    def read_request(self, body: Mapping[str, Any]) -> Asked:
        """Understand a request."""

    def read_answer(self, values: list[Any]) -> Answered:
        """Understand an answer: one object, or the events of a stream, cut or not."""


def mapping(value: object) -> Mapping[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def maps(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; of anything else nothing."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def string(value: object) -> str:
    """Return the value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def content_text(content: object) -> str:
    """Return the words of a content: a text, or a list of parts; what is no text is named."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(word for part in content for word in _words(part))
    return "" if content is None else dumped(content)


def arguments_of(value: object, name: str = "arguments") -> Mapping[str, Any]:
    """Return the arguments of a call: an object, a text that holds one, or else the text under a name."""
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except (ValueError, RecursionError):
            return {name: value}
    return value if isinstance(value, Mapping) else {name: value}


def dumped(value: object) -> str:
    """Return a value as JSON; never fails."""
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    except (ValueError, TypeError, RecursionError):
        return "[a value that cannot be shown]"


def _words(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
        return
    block = mapping(part)
    text = block.get("text", block.get("refusal"))
    if isinstance(text, str):
        yield text
    elif block:
        source = mapping(block.get("source") or block.get("inlineData"))
        kind = source.get("media_type") or source.get("mimeType") or block.get("type") or "part"
        yield f"[{str(kind)[:80]}]"
