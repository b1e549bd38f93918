"""The fold of a trial that shows what the agent and its model said."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from awb_core.transcript.model import Step, Transcript, shorten
from awb_core.transcript.text import call_words, printable, title_of, words_of

STEPS_SHOWN = 120
TEXT_CHARACTERS = 1_200
SYSTEM_CHARACTERS = 400
"""Instructions are long, and the same in all trials of a workflow."""


def render_transcript(transcript: Transcript) -> Iterator[str]:
    """Yield a fold with the steps; of many the first and the last."""
    steps = tuple(enumerate(transcript.steps, 1))
    yield f"<details><summary>Transcript: {len(steps)} steps, {words_of(transcript.total)}</summary>\n"
    left_out = len(steps) - STEPS_SHOWN
    half = STEPS_SHOWN // 2
    for number, step in steps[:half] if left_out > 0 else steps:
        yield from _step(number, step)
    if left_out > 0:
        yield f"<p>{left_out} more steps: <code>awb transcript</code> shows them all.</p>\n"
        for number, step in steps[-half:]:
            yield from _step(number, step)
    yield "</details>\n"


def _step(number: int, step: Step) -> Iterator[str]:
    yield f"<p><strong>{number}</strong> {_shown(title_of(step), TEXT_CHARACTERS)}</p>\n"
    limit = SYSTEM_CHARACTERS if step.source == "system" else TEXT_CHARACTERS
    if step.reasoning:
        yield f"<pre><em>{_shown(step.reasoning, TEXT_CHARACTERS)}</em></pre>\n"
    if step.text:
        yield f"<pre>{_shown(step.text, limit)}</pre>\n"
    for call in step.calls:
        words = call_words(call.name, call.arguments)
        yield f'<pre><span class="at">tool</span> {_shown(words, TEXT_CHARACTERS)}</pre>\n'
    for result in step.results:
        kind = "failed" if result.is_error else "output"
        yield f'<pre><span class="at">{kind}</span> {_shown(result.text, TEXT_CHARACTERS)}</pre>\n'
    if step.error and step.error not in step.text:
        yield f'<p class="fail">{_shown(step.error, TEXT_CHARACTERS)}</p>\n'


def _shown(text: str, limit: int) -> str:
    return escape(shorten(printable(text), limit))
