"""Progress of runs and checks on stderr: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from awb_core.model import Outcome, Trial

PLAIN_SECONDS = 5.0
"""Least time between two plain lines."""


class CheckProgress:
    """Shows how many measurements are done: a bar on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._total, self._done, self._last = 0, 0, 0.0
        console = Console(stderr=True)
        self._bar = (
            Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=console,
                transient=True,
            )
            if console.is_terminal
            else None
        )

    def __enter__(self) -> CheckProgress:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("measurements", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def preparing(self, what: str) -> None:
        """Something comes first that takes a while."""
        if self._bar:
            self._bar.update(self._task, description=what)
        else:
            print(what, file=sys.stderr, flush=True)

    def planned(self, total: int) -> None:
        """So many measurements there will be."""
        self._total = total
        if self._bar:
            self._bar.update(self._task, description="measurements", total=total)

    def finished(self, what: str) -> None:
        """A measurement is done."""
        with self._lock:
            self._done += 1
            now = time.monotonic()
            if self._bar:
                self._bar.update(self._task, completed=self._done)
            elif now - self._last >= PLAIN_SECONDS or self._done == self._total:
                self._last = now
                line = f"{self._done}/{self._total} measurements  {what}"
                print(line, file=sys.stderr, flush=True)


class RunProgress:
    """Shows trials done, running phases, remaining time and failures so far."""

    def __init__(self, total: int, done: int) -> None:
        self._lock = threading.Lock()
        self._phases: dict[str, str] = {}
        self._total, self._done, self._invalid, self._passed = total, done, 0, 0
        self._console = Console(stderr=True)
        self._last = 0.0
        self._started, self._before = time.monotonic(), done
        self._bar: Progress | None = None

    def __enter__(self) -> RunProgress:
        if self._console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[state]}"),
                console=self._console,
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(
                "trials", total=self._total, completed=self._done, state="preparing"
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def preparing(self, what: str) -> None:
        """Something is built that takes a while."""
        self._say(what, always=True)

    def phase(self, trial: Trial, phase: str) -> None:
        """A trial entered a phase."""
        with self._lock:
            self._phases[trial.id] = phase
        self._say("", always=False)

    def finished(self, record: Mapping[str, Any]) -> None:
        """A trial has its record."""
        with self._lock:
            self._phases.pop(record["id"], None)
            self._done += 1
            invalid = not Outcome(record["outcome"]).is_valid
            self._invalid += invalid
            self._passed += bool(record["passed"])
        if invalid:
            self._say(f"{record['task']} {record['workflow']}: {record['note']}", always=True)
        self._say("", always=self._done == self._total)

    def _say(self, line: str, *, always: bool) -> None:
        counts = Counter(self._phases.values())
        state = ", ".join(
            f"{count} {phase}" for phase, count in sorted(counts.items()) if phase != "record"
        )
        state += f"  {self._passed} passed" + (
            f", {self._invalid} invalid" if self._invalid else ""
        )
        if self._bar:
            if line:
                self._bar.console.print(line, highlight=False, markup=False)
            self._bar.update(self._task, completed=self._done, state=state)
            return
        now = time.monotonic()
        if line:
            print(line, file=sys.stderr, flush=True)
        elif always or now - self._last >= PLAIN_SECONDS:
            self._last = now
            eta = self._remaining(now)
            print(f"{self._done}/{self._total} trials  {state}{eta}", file=sys.stderr, flush=True)

    def _remaining(self, now: float) -> str:
        new = self._done - self._before
        if not new or self._done == self._total:
            return ""
        seconds = (now - self._started) / new * (self._total - self._done)
        return (
            f"  about {seconds / 60:.0f} min left"
            if seconds > 90
            else f"  about {seconds:.0f} s left"
        )
