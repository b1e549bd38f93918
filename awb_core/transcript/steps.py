"""Make the steps of a transcript of requests and answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from awb_core.transcript import anthropic, chat, gemini, responses
from awb_core.transcript.conversations import Conversations
from awb_core.transcript.model import Call, Cleaner, Metrics, Result, Step, Transcript
from awb_core.transcript.pieces import Piece, Reader
from awb_core.transcript.recorded import Exchanged

READERS: Mapping[str, Reader] = {
    "messages": anthropic,
    "chat": chat,
    "responses": responses,
    "generate": gemini,
}
"""Operation of the gateway -> who understands it."""

UNREADABLE = "the answer was not kept, is too large or cannot be read"

_TOO_EARLY = frozenset({"max_tokens", "length", "MAX_TOKENS", "incomplete"})


def make_transcript(
    exchanges: Iterable[Exchanged],
    *,
    session: str,
    agent: str,
    version: str = "",
    secrets: Iterable[str] = (),
) -> Transcript:
    """Return what was said, in order, with what it took."""
    writer = _Writer(cleaner=Cleaner(secrets))
    records = []
    for exchanged in exchanges:
        records.append(exchanged.record)
        writer.take(exchanged)
    main = writer.conversations.main()
    steps = tuple(
        replace(step, conversation=_renumbered(step.conversation, main)) for step in writer.steps
    )
    models = (step.model for step in steps if step.model and not step.conversation)
    return Transcript(
        session=session,
        agent=agent,
        version=version,
        model=next(models, ""),
        steps=steps,
        total=_total(records),
    )


def metrics_of(record: Mapping[str, Any]) -> Metrics | None:
    """Return what a request took; None if nothing was measured."""
    usage = record.get("usage")
    if not usage:
        return None
    cost = record.get("cost_usd")
    return Metrics(
        prompt_tokens=usage.get("input_tokens", 0),
        completion_tokens=usage.get("output_tokens", 0),
        cached_tokens=usage.get("cached_read_tokens", 0),
        cost_usd=None if cost is None else float(cost),
    )


def failure_of(record: Mapping[str, Any]) -> str:
    """Return why a request failed or its answer ended too early, in a few words; empty if it went well."""
    status = record.get("status")
    if record.get("denied"):
        budget = record.get("budget")
        return f"refused by the gateway: {record['denied']}{f' of the {budget}' if budget else ''}"
    if record.get("error") or (status or 0) >= 400:
        words = (record.get("error"), status, record.get("provider_error"))
        return " ".join(str(word) for word in words if word)
    reason = record.get("stop_reason")
    return f"stopped: {reason}" if reason in _TOO_EARLY else ""


@dataclass(slots=True, kw_only=True)
class _Open:
    """A call that has no result yet."""

    conversation: int
    id: str
    shown: str
    """The id it got here if it has none of its own."""
    name: str
    step: int


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Takes one request after the other."""

    cleaner: Cleaner
    steps: list[Step] = field(default_factory=list)
    conversations: Conversations = field(default_factory=Conversations)
    open: list[_Open] = field(default_factory=list)

    def take(self, exchanged: Exchanged) -> None:
        """Add what a request says that is new, and its answer."""
        record = exchanged.record
        reader = READERS[record["operation"]]
        asked = reader.read_request(exchanged.request)
        conversation = self.conversations.find(asked)
        base = Step(
            source="user",
            time=record.get("time", ""),
            request=record["n"],
            conversation=conversation.number,
        )
        for source, group in groupby(conversation.add(asked), key=lambda piece: piece.role):
            pieces = tuple(group)
            self._add_results(base, [piece for piece in pieces if piece.kind == "result"])
            rest = [piece for piece in pieces if piece.kind != "result"]
            if rest:
                self._add(replace(base, source=source, is_history=source == "agent"), rest)
        answered = reader.read_answer(exchanged.answer)
        self.conversations.answer(conversation, answered)
        failure = failure_of(record) or ("" if exchanged.answer else UNREADABLE)
        self._add_answer(replace(base, error=self.cleaner.text(failure)), record, answered.pieces)

    def _add_answer(self, base: Step, record: Mapping[str, Any], pieces: Iterable[Piece]) -> None:
        """Add what the model said, or that it said nothing."""
        metrics = metrics_of(record)
        step = replace(base, seconds=record.get("seconds"))
        if step.error and not pieces and metrics is None:
            text = f"Request {record['n']} failed: {step.error}"
            self.steps.append(replace(step, source="system", text=text))
            return
        model = record.get("model_observed") or record.get("model_requested") or ""
        self._add(replace(step, source="agent", model=model, metrics=metrics), pieces)

    def _add(self, step: Step, pieces: Iterable[Piece]) -> None:
        """Add a step with the words and calls of some pieces."""
        pieces = tuple(pieces)
        calls: list[Call] = []
        for piece in pieces:
            if piece.kind == "call":
                shown = self.cleaner.text(piece.id) or f"call_{step.request}_{len(calls) + 1}"
                arguments = self.cleaner.value(piece.arguments)
                calls.append(
                    Call(id=shown, name=self.cleaner.text(piece.name), arguments=arguments)
                )
                self.open.append(
                    _Open(
                        conversation=step.conversation,
                        id=piece.id,
                        shown=shown,
                        name=piece.name,
                        step=len(self.steps),
                    )
                )
        said = "\n".join(piece.text for piece in pieces if piece.kind == "text")
        thought = "\n".join(piece.text for piece in pieces if piece.kind == "reasoning")
        text, reasoning = self.cleaner.text(said), self.cleaner.text(thought)
        self.steps.append(replace(step, text=text, reasoning=reasoning, calls=tuple(calls)))

    def _add_results(self, base: Step, pieces: Iterable[Piece]) -> None:
        """Put results to their calls; those without a known one make a step of their own."""
        for piece in pieces:
            result = Result(text=self.cleaner.text(piece.text), is_error=piece.is_error)
            call = self._called(base.conversation, piece)
            if call is None:
                self.steps.append(replace(base, results=(result,)))
                continue
            self.open.remove(call)
            step = self.steps[call.step]
            results = (*step.results, replace(result, call=call.shown))
            self.steps[call.step] = replace(step, results=results)

    def _called(self, conversation: int, piece: Piece) -> _Open | None:
        calls = [call for call in self.open if call.conversation == conversation]
        if piece.id:
            return next((call for call in reversed(calls) if call.id == piece.id), None)
        return next((call for call in calls if call.name == piece.name), None)


def _renumbered(number: int, main: int) -> int:
    """Return the number of a conversation where the main one has number 0."""
    return 0 if number == main else number + (number < main)


def _total(records: Iterable[Mapping[str, Any]]) -> Metrics:
    measured = [(record, metrics) for record in records if (metrics := metrics_of(record))]
    is_known = all(record.get("priced") for record, _ in measured)
    cost = sum((Decimal(record.get("cost_usd") or 0) for record, _ in measured), Decimal(0))
    return Metrics(
        prompt_tokens=sum(metrics.prompt_tokens for _, metrics in measured),
        completion_tokens=sum(metrics.completion_tokens for _, metrics in measured),
        cached_tokens=sum(metrics.cached_tokens for _, metrics in measured),
        cost_usd=float(cost) if is_known else None,
    )
