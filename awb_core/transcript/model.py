"""The nouns of a transcript."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from awb_core.redaction import redact

Source = Literal["system", "user", "agent"]
KEPT_CHARACTERS = 16_384
"""Longer texts are shortened."""
KEPT_DEPTH = 8
KEPT_ENTRIES = 100
"""Of a list or an object within the arguments of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The use of a tool."""

    id: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a tool answered."""

    call: str = ""
    """The id of the call; empty if it is not known."""
    text: str = ""
    is_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What an answer took, as the gateway measured it."""

    prompt_tokens: int = 0
    """The whole prompt, with what was read from the cache."""
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float | None = None
    """None where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One turn."""

    source: Source
    text: str = ""
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    results: tuple[Result, ...] = ()
    """Of the calls of this step; of a step of the user those whose call is not known."""
    time: str = ""
    model: str = ""
    metrics: Metrics | None = None
    request: int | None = None
    """Number of the request in the log; None if the step comes from elsewhere."""
    conversation: int = 0
    """0 is the main one; side requests such as titles and sub-agents have others."""
    seconds: float | None = None
    """How long the request took."""
    error: str = ""
    """Why the request failed, or how the answer ended too early."""
    is_history: bool = False
    """The agent put it into the history; no answer of the model said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A trial's steps in order, with the sums of all its requests."""

    session: str
    """The trial and its attempt, as the gateway knows them."""
    agent: str
    version: str = ""
    model: str = ""
    steps: tuple[Step, ...] = ()
    total: Metrics = field(default_factory=Metrics)
    notes: str = ""


class Cleaner:
    """Makes texts fit to be shown and shared: valid, without secrets, of bounded length."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(secrets)

    def text(self, text: str) -> str:
        """Return a text without secrets, shortened in its middle."""
        raw = redact(text.encode("utf-8", "replace"), self._secrets)
        return shorten(raw.decode("utf-8", "replace"), KEPT_CHARACTERS)

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return a JSON value whose texts are clean; what is too deep or too long is left out."""
        if isinstance(value, str):
            return self.text(value)
        if not isinstance(value, list | Mapping):
            is_plain = value is None or isinstance(value, bool | int)
            return value if is_plain or _is_finite(value) else str(value)
        if depth == KEPT_DEPTH:
            return "[nested too deep]"
        left_out = len(value) - KEPT_ENTRIES
        if isinstance(value, list):
            kept = [self.value(one, depth + 1) for one in value[:KEPT_ENTRIES]]
            return [*kept, f"[{left_out} more]"] if left_out > 0 else kept
        names = list(value)[:KEPT_ENTRIES]
        chosen = {self.text(str(name)): self.value(value[name], depth + 1) for name in names}
        return {**chosen, "...": f"[{left_out} more]"} if left_out > 0 else chosen


def shorten(text: str, limit: int) -> str:
    """Return a text of about `limit` characters: its beginning and its end, and how many are left out."""
    if len(text) <= limit:
        return text
    head, tail = limit * 3 // 4, limit // 4
    return f"{text[:head]}\n[... {len(text) - head - tail} characters ...]\n{text[-tail:]}"


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
