"""Which requests belong together, and what each adds to what its conversation already said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from awb_core.transcript.pieces import Answered, Asked, Piece

SUMMARY_CHARACTERS = 80
"""An answer at least this long that comes back in a request of its own is a summary of the history."""
REMEMBERED_CHARACTERS = 1 << 20
"""Of what an agent said in a conversation."""


@dataclass(slots=True, kw_only=True)
class Conversation:
    """Requests whose histories grow out of each other."""

    number: int
    has_tools: bool = False
    requests: int = 0
    system: str = ""
    """Keys of the last instructions."""
    known: Counter[str] = field(default_factory=Counter)
    """Keys of all pieces, asked and answered."""
    answered: Counter[str] = field(default_factory=Counter)
    """Keys of the pieces that only this conversation can repeat: calls, results, answers."""
    asked: tuple[str, ...] = ()
    """Keys of the last request."""
    said: str = ""
    """The agent's texts, without spaces."""

    def add(self, asked: Asked) -> tuple[Piece, ...]:
        """Take a request and return its new pieces."""
        keys = [piece.key for piece in asked.pieces]
        left = Counter(self.known)
        fresh: list[Piece] = []
        for piece, key in zip(asked.pieces, keys, strict=True):
            # A provider that keeps the history is sent only what is new, and the instructions again.
            is_sent_again = piece.role == "system" or not asked.continues
            if is_sent_again and left[key] > 0:
                left[key] -= 1
            elif piece.role != "agent" or self._is_unsaid(piece):
                fresh.append(piece)
                self._learn(piece, key)
        if keys:
            self.system, self.asked = _system_of(asked), tuple(keys)
        self.requests += 1
        self.has_tools = self.has_tools or asked.has_tools
        return tuple(fresh)

    def answer(self, answered: Answered) -> None:
        """Take an answer: later requests will repeat it."""
        for piece in answered.pieces:
            self._learn(piece, piece.key)

    def _learn(self, piece: Piece, key: str) -> None:
        self.known[key] += 1
        if piece.role == "agent" or piece.kind == "result":
            self.answered[key] += 1
        if piece.role == "agent" and len(self.said) < REMEMBERED_CHARACTERS:
            self.said += "\n" + _packed(piece.text)

    def _is_unsaid(self, piece: Piece) -> bool:
        """Say whether an agent's piece of a history came from no answer, also not with other spaces or cuts."""
        if piece.kind == "reasoning":
            return False
        return piece.kind != "text" or _packed(piece.text) not in self.said


class Conversations:
    """Sorts the requests of a trial."""

    def __init__(self) -> None:
        self._all: list[Conversation] = []
        self._by_answer: dict[str, Conversation] = {}

    def find(self, asked: Asked) -> Conversation:
        """Return the conversation that a request goes on with, or a new one."""
        if self._all and not asked.pieces:
            return self._all[-1]  # it cannot be read
        found = self._by_answer.get(asked.continues) or self._repeated(asked)
        if found is None:
            found = next((c for c in reversed(self._all) if _goes_on(c, asked)), None)
        if found is None:
            found = Conversation(number=len(self._all))
            self._all.append(found)
        return found

    def answer(self, conversation: Conversation, answered: Answered) -> None:
        """Take the answer to a conversation's last request."""
        conversation.answer(answered)
        if answered.id:
            self._by_answer[answered.id] = conversation

    def main(self) -> int:
        """Return the number of the conversation that is the task: the first with tools, else the longest."""
        offering = [c for c in self._all if c.has_tools]
        if offering:
            return offering[0].number
        return max(self._all, key=lambda c: c.requests).number if self._all else 0

    def _repeated(self, asked: Asked) -> Conversation | None:
        """Return the conversation of which a request repeats most answers and results."""
        keys = {piece.key for piece in asked.pieces}
        shared = [(sum(key in c.answered for key in keys), c.number) for c in self._all]
        most, number = max(shared, default=(0, 0))
        return self._all[number] if most else None


def _goes_on(conversation: Conversation, asked: Asked) -> bool:
    """Say whether a request that repeats no answer is the last one again, or its history in short."""
    keys = [piece.key for piece in asked.pieces]
    is_longer = bool(conversation.asked) and not Counter(conversation.asked) - Counter(keys)
    if is_longer and _system_of(asked) == conversation.system:
        return True
    return any(
        len(said) >= SUMMARY_CHARACTERS and said in _packed(piece.text)
        for said in conversation.said.split("\n")
        for piece in asked.pieces
        if piece.role == "user" and piece.kind == "text"
    )


def _system_of(asked: Asked) -> str:
    return "\n".join(piece.key for piece in asked.pieces if piece.role == "system")


def _packed(text: str) -> str:
    return "".join(text.split())
