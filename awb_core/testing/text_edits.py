"""Speak to agents that offer no tools: commands in fenced blocks, and edits in the formats of Aider."""

from __future__ import annotations

from collections.abc import Iterable

from awb_core.testing.scripts import Write

SUBMIT = "COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"
"""What mini-swe-agent wants printed at the end; its instructions say so."""

BLOCK = "mswea_bash_command"
"""Language of the fenced block that mini-swe-agent takes a command from when it uses no tools."""


def block_of_commands(prompt: str) -> str:
    """Return the language of the fenced blocks that the agent runs, or ""."""
    if f"```{BLOCK}" in prompt:
        return BLOCK
    return "bash" if SUBMIT in prompt and "```bash" in prompt else ""


def blocks_in(said: Iterable[str], language: str) -> int:
    """Return how many of the model's texts held a command."""
    return sum(f"```{language}\n" in text for text in said)


def edits_as_text(prompt: str, edits: Iterable[Write]) -> str:
    """Word edits in the format the instructions ask for; "" if they ask for none, or there is nothing to edit.

    Known are Aider's `diff`, `diff-fenced`, `whole`, `udiff` and `udiff-simple`. None can remove a file, and a line
    of content that looks like a marker of the format breaks it.
    """
    fence = "````" if "````" in prompt else "```"
    if "SEARCH/REPLACE" in prompt:
        return "\n".join(_search_replace(one, fence) for one in edits)
    if "file listing" in prompt:
        return "\n".join(f"{one.path}\n{fence}\n{_ended(one.content)}{fence}\n" for one in edits)
    if "diff -U0" in prompt:
        return "\n".join(_unified(one) for one in edits)
    return ""


def _search_replace(edit: Write, fence: str) -> str:
    before, after = _ended(edit.before or ""), _ended(edit.content)
    return (
        f"{edit.path}\n{fence}\n<<<<<<< SEARCH\n{before}=======\n{after}>>>>>>> REPLACE\n{fence}\n"
    )


def _unified(edit: Write) -> str:
    removed = "".join(f"-{line}\n" for line in _lines(edit.before or ""))
    added = "".join(f"+{line}\n" for line in _lines(edit.content))
    old = edit.path if edit.before is not None else "/dev/null"
    return f"```diff\n--- {old}\n+++ {edit.path}\n@@ ... @@\n{removed}{added}```\n"


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _lines(text: str) -> list[str]:
    return _ended(text).split("\n")[:-1]
