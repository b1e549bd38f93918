"""A transcript for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from awb_core.transcript.model import Metrics, Step, Transcript, shorten
from awb_core.transcript.pieces import dumped

TEXT_LINES = 40
OUTPUT_LINES = 12
LINE_CHARACTERS = 400
ARGUMENT_CHARACTERS = 1_500

# All but tab and line feed, so that no text can move the cursor or colour the terminal.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def render_text(transcript: Transcript) -> str:
    """Return a transcript with long texts cut."""
    return "".join(line.rstrip() + "\n" for line in _lines(transcript))


def printable(text: str) -> str:
    """Return a text without control characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))


def title_of(step: Step) -> str:
    """Return who speaks, and what it took."""
    words: list[str] = [step.source]
    if step.conversation:
        words.append(f"(side conversation {step.conversation})")
    if step.is_history:
        words.append("(put into the history by the tool)")
    facts = []
    if step.request is not None and step.source == "agent" and not step.is_history:
        facts.append(f"request {step.request}")
    if step.metrics:
        facts.append(words_of(step.metrics))
    if step.seconds is not None:
        facts.append(f"{step.seconds:.1f} s")
    return f"{' '.join(words)}{': ' if facts else ''}{', '.join(facts)}"


def words_of(metrics: Metrics) -> str:
    """Return tokens and cost in words."""
    cached = f" ({metrics.cached_tokens:,} cached)" if metrics.cached_tokens else ""
    cost = "" if metrics.cost_usd is None else f", ${metrics.cost_usd:.4f}"
    return f"{metrics.prompt_tokens:,} tokens in{cached}, {metrics.completion_tokens:,} out{cost}"


def call_words(name: str, arguments: Mapping[str, Any]) -> str:
    """Return a call in words: texts of several lines as they are, all else as JSON."""
    if len(arguments) == 1:
        value = next(iter(arguments.values()))
        return f"{name}: {value if isinstance(value, str) else dumped(value)}"
    lines = [f"{name}:"]
    for key, value in arguments.items():
        text = value if isinstance(value, str) else dumped(value)
        is_long = "\n" in text
        lines.append(f"  {key}:" + ("" if is_long else f" {text}"))
        lines += [f"    {line}" for line in text.splitlines()] if is_long else []
    return "\n".join(lines)


def _lines(transcript: Transcript) -> Iterator[str]:
    parts = (transcript.agent, transcript.version, transcript.model)
    yield printable(f"{transcript.session}: {' '.join(part for part in parts if part)}")
    for number, step in enumerate(transcript.steps, 1):
        yield ""
        yield printable(f"--- {number} {title_of(step)}")
        yield from _body(step)
    yield ""
    cost = "" if transcript.total.cost_usd is not None else ", price unknown"
    yield f"{len(transcript.steps)} steps; {words_of(transcript.total)}{cost}"
    if transcript.notes:
        yield from _cut(transcript.notes, TEXT_LINES)


def _body(step: Step) -> Iterator[str]:
    for line in _cut(step.reasoning, OUTPUT_LINES):
        yield f"~ {line}"
    yield from _cut(step.text, TEXT_LINES)
    answers = {result.call: result for result in step.results if result.call}
    for call in step.calls:
        words = call_words(call.name, call.arguments)
        first, *more = list(_cut(shorten(words, ARGUMENT_CHARACTERS), TEXT_LINES)) or [""]
        yield f"> {first}"
        for line in more:
            yield f"  {line}"
        result = answers.pop(call.id, None)
        if result is not None:
            yield from _output(result.text, is_error=result.is_error)
    for result in step.results:
        if not result.call or result.call in answers:
            yield from _output(result.text, is_error=result.is_error)
    if step.error and step.error not in step.text:
        yield from (f"! {line}" for line in _cut(step.error, OUTPUT_LINES))


def _output(text: str, *, is_error: bool) -> Iterator[str]:
    mark = "!" if is_error else "|"
    for line in _cut(text or "(no output)", OUTPUT_LINES):
        yield f"  {mark} {line}"


def _cut(text: str, limit: int) -> Iterator[str]:
    """Yield the lines of a text; of many only the first and the last, and how many are between."""
    lines = printable(text).splitlines()
    if len(lines) > limit + 1:
        head = limit * 2 // 3
        left_out = len(lines) - limit
        lines = [*lines[:head], f"[... {left_out} lines ...]", *lines[head - limit :]]
    for line in lines:
        more = len(line) - LINE_CHARACTERS
        yield line if more <= 0 else f"{line[:LINE_CHARACTERS]} [{more} more characters]"
