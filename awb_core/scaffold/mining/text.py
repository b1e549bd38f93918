"""Write the instruction of a mined task, and which of its sentences demands which check: pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_SUBJECT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A piece of the instruction, and the checks that it demands; none for background."""

    text: str
    checks: tuple[str, ...] = ()


TODO = (
    "TODO: say in two or three sentences what this code base is for and who uses it, so that a colleague who has never"
    " seen it understands the request.",
    "TODO: say what a user sees today and what they should see instead, with one example of an input and of the right"
    " result.",
    "TODO: name every function, option, path, message and exception that the hidden tests use and the workspace does"
    " not have yet; what is not written here or in the workspace cannot be demanded.",
)
"""What only the author can know. They stand in the instruction until they are answered."""

HIDDEN = "The work is judged by tests that you do not see; they ask for what is said here."
KEPT = "What works today has to go on working."
RESTORED = (
    "The tests that are in the workspace are restored first, so changing them changes nothing."
)


def instruction_of(messages: Iterable[str], *, kept: tuple[str, ...]) -> tuple[str, list[Sentence]]:
    """Return the title and the sentences of an instruction, from the messages of commits, the last one first.

    `kept` are the gates that keep what worked.
    """
    messages = [message for message in messages if message] or ["TODO: name the change"]
    subject = _plain(messages[0].splitlines()[0])
    title = subject[:LONGEST_SUBJECT].rstrip(". ")
    said = [line for message in messages for line in _paragraphs(message)]
    sentences = [Sentence(text=text) for text in TODO[:2]]
    sentences += [Sentence(text=text, checks=("fixed",)) for text in dict.fromkeys(said)]
    sentences += [Sentence(text=TODO[2]), Sentence(text=HIDDEN, checks=("fixed",))]
    if kept:
        sentences.append(Sentence(text=KEPT, checks=kept))
    sentences.append(Sentence(text=RESTORED))
    return title, sentences


def instruction_md(title: str, sentences: Iterable[Sentence]) -> str:
    """Return the instruction as Markdown: a paragraph a sentence."""
    return f"# {title}\n\n" + "\n\n".join(sentence.text for sentence in sentences) + "\n"


def coverage_toml(canary: str, sentences: Iterable[Sentence]) -> str:
    """Return `coverage.toml` for the same sentences."""
    sentences = tuple(sentences)
    background = [f"    {toml(one.text)},\n" for one in sentences if not one.checks]
    parts = [f"# {canary}\nschema = 1\nbackground = [\n{''.join(background)}]\n"]
    parts += [
        f"\n[[requirements]]\ntext = {toml(one.text)}\nchecks = {toml(list(one.checks))}\n"
        for one in sentences
        if one.checks
    ]
    return "".join(parts)


def toml(value: object) -> str:
    """Return a text, a number or a list of them as TOML, which they share with JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "")


def _paragraphs(message: str) -> Iterator[str]:
    """Yield the paragraphs and list items of a message, each on one line."""
    for block in re.split(r"\n\s*\n", message):
        for piece in re.split(r"\n(?=\s*(?:[-*+]|\d+[.)])\s)", block):
            words = _plain(piece)
            if re.search(r"\w", words):
                yield words


def _plain(text: str) -> str:
    """Return a text on one line, without what Markdown would take for a heading, a list, a fence or a table."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return re.sub(r"^(?:[#>*+|-]+|\d+[.)])\s+", "", words).replace("```", "'").strip()
