"""What the model protocols have in common: a request as a conversation, a reply, an answer and its usage."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

MARK = "awb"
"""Part of each id of ours, by which a later request shows our own calls."""

REASONING_TOKENS = 7
"""What each answer claims to have thought, where the protocol can say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one request, or of many; the same words whatever the protocol."""

    input_tokens: int = 0
    """The whole prompt, with what was read from the cache."""

    cached_tokens: int = 0
    output_tokens: int = 0
    """The whole answer, with what was reasoned."""

    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool the agent offers."""

    name: str
    kind: Literal["function", "custom", "local_shell"] = "function"
    schema: Mapping[str, Any] = field(default_factory=dict)
    namespace: str = ""

    @property
    def properties(self) -> Mapping[str, Any]:
        """The arguments it takes, with the schema of each."""
        found = self.schema.get("properties")
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What one request says."""

    model: str
    stream: bool
    tools: Mapping[str, Tool]
    calls: int
    """How many of our tool calls are in the history: the step we are at."""

    said: tuple[str, ...]
    """The model's earlier texts."""

    results: tuple[str, ...]
    """Texts of tool results."""

    prompt: str
    """Every text of the request: instructions, user, model and tools."""

    schema: Mapping[str, Any] | None = None
    """What the answer must look like, if it must be JSON."""

    usage_in_stream: bool = True
    """Whether the client wants usage in a stream; only Chat Completions leave it out unless asked."""

    @property
    def is_begun(self) -> bool:
        """Whether the model has said or done something before."""
        return bool(self.calls or self.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Use of a tool."""

    tool: Tool
    arguments: Mapping[str, Any] | str
    """A text for a freeform tool."""

    @property
    def text(self) -> str:
        """The arguments as sent."""
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the model answers; a text, a call, or a call with a text before it."""

    text: str = ""
    call: Call | None = None
    step: int | None = None
    """Index of the script's step; None for the final text and for side requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One server-sent event; without a name it is data only."""

    data: Mapping[str, Any] | str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reply in the words of a protocol."""

    whole: Mapping[str, Any]
    events: tuple[Event, ...]
    cut: int
    """How many events are sent before a cut."""

    announced: Usage = Usage()
    """What those events say about usage."""


class Wire(Protocol):
    """A model protocol; each `wire_*` module is one."""

    def read(self, body: Mapping[str, Any]) -> Conversation:
        """Understand a request."""

    def answer(self, talk: Conversation, reply: Reply, usage: Usage, seed: str) -> Answer:
        """Word a reply; ids are made of the seed, so that the same request gets the same answer."""

    def refuse(self, status: int, message: str, *, overflow: bool = False) -> Mapping[str, Any]:
        """Word an error."""


def usage_of(request: bytes, reply: Reply, *, is_begun: bool, reasons: bool) -> Usage:
    """Return the usage of an answered request: 4 bytes are a token.

    Input is a quarter of the request's bytes; half of it, rounded down, is cached once the history has a call or a
    text of the model. Output is a quarter of the bytes of the reply's text and arguments, plus `REASONING_TOKENS`
    where the protocol reports reasoning. Both quarters are rounded down, and at least 1.
    """
    size = len(reply.text.encode()) + (len(reply.call.text.encode()) if reply.call else 0)
    prompt = max(1, len(request) // 4)
    thought = REASONING_TOKENS if reasons else 0
    return Usage(
        input_tokens=prompt,
        cached_tokens=prompt // 2 if is_begun else 0,
        output_tokens=max(1, size // 4) + thought,
        reasoning_tokens=thought,
    )


def count_calls(ids: Iterable[str]) -> int:
    """Return how many calls are ours; if an agent renames them all, count them all."""
    known = set(ids)
    return len({one for one in known if MARK in one} or known)


def texts(value: object) -> Iterator[str]:
    """Yield every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def maps(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a JSON list; anything else is none."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object; anything else is an empty one."""
    return value if isinstance(value, Mapping) else {}
