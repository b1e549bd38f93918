"""Decide what the scripted model says next; nothing is remembered between requests."""

from __future__ import annotations

import json
from collections.abc import Iterable

from awb_core.testing.conversation import Conversation, Reply
from awb_core.testing.scripts import Say, Script, Shell, Step, Write
from awb_core.testing.text_edits import SUBMIT, block_of_commands, blocks_in, edits_as_text
from awb_core.testing.tool_calls import (
    WRITERS,
    finish_call,
    has_shell,
    sample,
    shell_call,
    write_call,
)

SIDE_TEXT = "Scripted answer"
"""What side requests for titles and summaries get."""


def reply_to(talk: Conversation, script: Script, *, endless: bool = False) -> Reply:
    """Return the model's next move.

    The step is how many tool calls of ours the history has, so a repeated request gets the same reply. Requests
    that offer no tool to work with are side requests (titles, checks): they get a text, or JSON of the shape they
    ask for, and take no step.
    """
    if has_shell(talk):
        return _with_tools(talk, script.steps, script.final, endless=endless)
    if talk.schema is not None:
        return Reply(text=json.dumps(sample(talk.schema)))
    edits = script.edits or tuple(step for step in script.steps if isinstance(step, Write))
    if any(name in talk.tools for name in WRITERS):
        return _with_tools(talk, edits, script.final, endless=False)
    if talk.tools:
        return Reply(text=SIDE_TEXT)
    return _without_tools(talk, script, edits, endless=endless)


def _with_tools(talk: Conversation, steps: tuple[Step, ...], final: str, *, endless: bool) -> Reply:
    """Play the step whose turn it is, the end of the script, or one more turn of an endless one."""
    moves = [step for step in steps if not isinstance(step, Say)]
    turn = talk.calls
    if turn < len(moves):
        return _played(talk, moves[turn], turn, _said_before(steps, turn))
    text = "\n".join(filter(None, (_said_before(steps, len(moves)), final)))
    if endless:
        return _played(talk, _another(turn), turn, "")
    if SUBMIT in talk.prompt and turn == len(moves):
        return _played(talk, Shell(f"echo {SUBMIT}"), turn, text)
    call = finish_call(talk, text) if turn == len(moves) else None
    if call is not None:
        return Reply(call=call, step=turn)
    return Reply(text=text if talk.schema is None else json.dumps(sample(talk.schema)))


def _played(talk: Conversation, step: Shell | Write, turn: int, text: str) -> Reply:
    call = shell_call(talk, step.command) if isinstance(step, Shell) else write_call(talk, step)
    return Reply(text=text, call=call, step=turn)


def _said_before(steps: Iterable[Step], turn: int) -> str:
    """Return what is to be said along with the step of this turn."""
    said: list[str] = []
    at = 0
    for step in steps:
        if isinstance(step, Say):
            if at == turn:
                said.append(step.text)
        else:
            at += 1
    return "\n".join(said)


def _another(turn: int) -> Shell:
    """Return a command unlike those before: some agents stop at repeated ones."""
    return Shell(f"sleep 0.2; echo still working: {turn}")


def _without_tools(
    talk: Conversation, script: Script, edits: tuple[Write, ...], *, endless: bool
) -> Reply:
    """Speak to agents that read commands or edits out of text; anyone else asks for a title."""
    fence = block_of_commands(talk.prompt)
    if fence:
        commands = [s.command for s in script.steps if isinstance(s, Shell)]
        turn = blocks_in(talk.said, fence)
        last = _another(turn).command if endless else f"echo {SUBMIT}"
        command = commands[turn] if turn < len(commands) else last
        return Reply(text=f"Next.\n\n```{fence}\n{command}\n```\n", step=turn)
    text = edits_as_text(talk.prompt, edits)
    if text and text not in talk.said:
        return Reply(text=text, step=0)
    return Reply(text=script.final if text else SIDE_TEXT)
