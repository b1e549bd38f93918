"""The append-only log of all requests, and what follows from it: numbers, spend, retries."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from awb_core.gateway.records import UNKNOWN, Attempt, read_lines


@dataclass(slots=True, kw_only=True)
class Account:
    """What is known of one trial."""

    last: int = 0
    """The highest number given."""
    spent_usd: Decimal = Decimal(0)
    failed: dict[str, int] = field(default_factory=dict)
    """Numbers of failed requests by the digest of their body."""
    replayed: set[int] = field(default_factory=set)
    """Recorded requests that have answered one."""


class Ledger:
    """Writes the log; all it knows is in the log, so a restart forgets nothing."""

    def __init__(self, folder: Path, instance: str, run: str) -> None:
        self._folder = folder
        self._instance, self._run = instance, run
        self._accounts: dict[str, Account] = {}
        self._workflows: dict[str, Decimal] = {}
        self._spent = Decimal(0)
        self._dearest: dict[str, Decimal] = {}
        self._in_flight: dict[tuple[str, int], tuple[str, Decimal]] = {}
        self._ended = asyncio.Event()
        self._torn: set[Path] = set()
        for path in sorted(folder.glob("*.jsonl")):
            self._read(path)

    def account(self, trial: str) -> Account:
        """Return what is known of a trial."""
        return self._accounts.setdefault(trial, Account())

    def begin(self, attempt: Attempt) -> None:
        """Number an attempt and write that it is about to be forwarded.

        Raises:
            OSError: it cannot be written.
        """
        self._number(attempt)
        taken = self._dearest.get(attempt.workflow, Decimal(0))
        self._in_flight[attempt.trial, attempt.n] = attempt.workflow, taken
        self._write("begin", attempt)

    def end(self, attempt: Attempt) -> None:
        """Write how an attempt ended, and count what it cost.

        Raises:
            OSError: it cannot be written; its cost is counted all the same.
        """
        if not attempt.n:
            self._number(attempt)
        self._in_flight.pop((attempt.trial, attempt.n), None)
        self._count(attempt.record())
        self._ended.set()
        self._write("end", attempt)

    def spent(self, trial: str, workflow: str) -> Mapping[str, Decimal]:
        """Return what was spent, by the name of the budget it is charged to."""
        return {
            "trial": self.account(trial).spent_usd,
            "workflow": self._workflows.get(workflow, Decimal(0)),
            "run": self._spent,
        }

    def in_flight(self, trial: str, workflow: str) -> Mapping[str, Decimal]:
        """Return what requests that have not ended are taken to cost, by the name of the budget.

        Each is taken to cost as much as the dearest of its workflow so far.
        """
        taken = dict.fromkeys(("trial", "workflow", "run"), Decimal(0))
        for (asking, _), (of, cost) in self._in_flight.items():
            taken["run"] += cost
            taken["workflow"] += cost if of == workflow else 0
            taken["trial"] += cost if asking == trial else 0
        return taken

    async def next_end(self) -> None:
        """Wait until a request has ended."""
        self._ended.clear()
        await self._ended.wait()

    def _number(self, attempt: Attempt) -> None:
        account = self.account(attempt.trial or UNKNOWN)
        account.last += 1
        attempt.n, attempt.gateway, attempt.run = account.last, self._instance, self._run
        if attempt.body_digest:
            attempt.retry_of = account.failed.get(attempt.body_digest)

    def _count(self, record: Mapping[str, Any]) -> None:
        account = self.account(record["trial"] or UNKNOWN)
        account.last = max(account.last, record["n"])
        cost = Decimal(record["cost_usd"] or 0)
        account.spent_usd += cost
        self._spent += cost
        workflow = record["workflow"]
        self._workflows[workflow] = self._workflows.get(workflow, Decimal(0)) + cost
        self._dearest[workflow] = max(self._dearest.get(workflow, cost), cost)
        digest = record["body_digest"]
        if not digest:
            return
        if record["error"] or (record["status"] or 500) >= 400:
            account.failed[digest] = record["n"]
        else:
            account.failed.pop(digest, None)

    def _read(self, path: Path) -> None:
        for line in read_lines(path):
            account = self.account(line["trial"] or UNKNOWN)
            account.last = max(account.last, line["n"])
            if line["replay_of"] is not None:
                account.replayed.add(line["replay_of"])
            if line["event"] == "end":
                self._count(line)
            elif line["body_digest"]:
                account.failed[line["body_digest"]] = line["n"]
        with path.open("rb") as stream:
            if stream.seek(0, os.SEEK_END):
                stream.seek(-1, os.SEEK_END)
                if stream.read(1) != b"\n":
                    self._torn.add(path)

    def _write(self, event: str, attempt: Attempt) -> None:
        path = self._folder / f"{attempt.trial or UNKNOWN}.jsonl"
        line = json.dumps({"event": event, **attempt.record()}, sort_keys=True).encode() + b"\n"
        if path in self._torn:
            line = b"\n" + line
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
        try:
            written = os.write(descriptor, line)
        finally:
            os.close(descriptor)
        self._torn.discard(path)
        if written != len(line):
            self._torn.add(path)
            message = f"{path}: only {written} of {len(line)} bytes were written"
            raise OSError(message)
