"""What the scripted model does: the steps of a conversation, and how it misbehaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shell:
    """Run a command with the agent's shell tool, in the folder the agent works in."""

    command: str


@dataclass(frozen=True, slots=True)
class Write:
    """Write a text file with the agent's own tool for that; agents without one get a `Shell` step.

    Tools that want absolute paths are used once the agent has shown its folder (see `WHERE`), never on a guess. Many
    agents refuse to overwrite a file they have not read, and some to make its folder: use `Shell` for either.
    """

    path: str
    """Relative to the folder the agent works in."""

    content: str
    before: str | None = None
    """The text it replaces; formats that edit by search and replace need it."""


@dataclass(frozen=True, slots=True)
class Say:
    """Say something along with the next step; it takes no turn of its own, for an agent ends at bare text."""

    text: str


Step = Shell | Write | Say

WHERE = Shell("printf 'AWB_CWD=%s=AWB\\n' \"$PWD\"; ls -A")
"""Makes the agent show the folder it works in; a good first step."""


@dataclass(frozen=True, slots=True)
class Script:
    """The model's side of a conversation: steps with tools, then a final text."""

    steps: tuple[Step, ...] = ()
    final: str = "Done."
    edits: tuple[Write, ...] = ()
    """The same work for agents that offer no shell: written by their write tool, or as text in their edit format."""


@dataclass(frozen=True, slots=True)
class Fails:
    """Answer with this HTTP status in the provider's own error shape, to the first `times` requests or to all."""

    status: int
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Overflows:
    """Say that the prompt is longer than the model's context."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Drop the connection in the middle of an answer, to the first `times` requests or to all.

    Where the protocol announces usage early (Anthropic, Gemini), that has happened by then.
    """

    times: int | None = None


@dataclass(frozen=True, slots=True)
class Hangs:
    """Say nothing for so many seconds, then close the connection."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Slow:
    """Wait so many seconds before each answer."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Loops:
    """Never finish: after the script's steps go on with commands, each another one."""


Misbehaviour = Fails | Overflows | Cuts | Hangs | Slow | Loops
