"""A place where an oracle is put to the test: a task, its rungs, and workspaces that nobody would deliver."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from awb_core.engine.verify import verify
from awb_core.errors import AwbError, UsageError
from awb_core.manifest import load_task
from awb_core.model import Check, Measurement, OracleFailure, Task
from awb_core.protocols import Oracle, OracleContext, SandboxProvider
from awb_core.registry import discover
from awb_core.sandbox.workspace import solved_workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an oracle made of a workspace."""

    measured: Measurement | OracleFailure
    error: BaseException | None = None
    """What it raised that is no `AwbError`."""
    changed: tuple[str, ...] = ()
    """What it changed and must not: the workspace, the hidden folder."""
    seconds: float = 0.0

    @property
    def value(self) -> float | None:
        """The measured value; None if it could not judge."""
        return self.measured.value if isinstance(self.measured, Measurement) else None

    def __str__(self) -> str:
        if self.error is not None:
            return f"it raised {self.error!r:.300}"
        if isinstance(self.measured, OracleFailure):
            return f"it could not judge: {self.measured.reason}: {self.measured.detail[-300:]}"
        return f"it measured {self.measured.value:g} {self.measured.unit}"


class OracleBench:
    """Measures workspaces with one check of a task, as the engine does; use it in a `with` statement.

    Args:
        oracle: The oracle.
        make: Writes or names the folder of a task that uses it; it is given an empty folder.
        provider: Where its sandboxes are opened.
        check: The check that uses it; the first one if empty.
    """

    def __init__(
        self,
        oracle: Oracle,
        make: Callable[[Path], Path],
        provider: SandboxProvider,
        check: str = "",
    ) -> None:
        self.oracle = oracle
        self.provider = provider
        self._make = make
        self._check = check
        self._stack = ExitStack()

    def __enter__(self) -> OracleBench:
        with ExitStack() as stack:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="awb-oracle-"))
            self._root = Path(scratch)
            self.task = self._load()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def check(self) -> Check:
        """The check under test."""
        return self.task.checks[0]

    @cached_property
    def canonical(self) -> Path:
        """A copy of the workspace with the canonical solution, which is not spoilt."""
        return self.rung("canonical")

    @cached_property
    def ordinary(self) -> Seen:
        """What it makes of the canonical solution; it is measured once."""
        return self.measure(self.canonical)

    def rung(self, name: str) -> Path:
        """Return a copy of the workspace of a rung."""
        return self.copy(solved_workspace(self.task, name))

    def copy(self, source: Path | None = None) -> Path:
        """Return a copy of a workspace, or an empty one, that may be spoilt."""
        target = Path(tempfile.mkdtemp(dir=self._root)) / "tree"
        if source is None:
            target.mkdir()
            return target
        return Path(shutil.copytree(source, target, symlinks=True))

    def measure(
        self,
        workspace: Path,
        *,
        seed: int = 0,
        provider: SandboxProvider | None = None,
        hidden: Path | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Seen:
        """Let the oracle measure a workspace; `hidden` stands in for the folder tests/ of the task."""
        task = self._with(hidden, options)
        caught = _Caught(self.oracle)
        before = _state(workspace), _state(task.tests)
        began = time.monotonic()
        (result,) = verify(
            task,
            workspace,
            oracles={self.oracle.name: caught},
            provider=provider or self.provider,
            seed=seed,
        )
        seconds = time.monotonic() - began
        after = _state(workspace), _state(task.tests)
        names = ("the workspace", "the hidden folder")
        return Seen(
            measured=result.measured,
            error=caught.error,
            changed=tuple(n for n, b, a in zip(names, before, after, strict=True) if b != a),
            seconds=seconds,
        )

    def _load(self) -> Task:
        schemas = {oracle.name: oracle.schema for oracle in discover().oracles.values()}
        schemas[self.oracle.name] = self.oracle.schema
        place = self._root / "kit-task"
        place.mkdir()
        made = self._make(place)
        if made != place:
            # Whatever an oracle does to its task, the author's own is not touched.
            made = Path(shutil.copytree(made, self._root / "copy" / made.name))
        task = load_task(made, "kit", schemas)
        fitting = [c for c in task.checks if c.oracle == self.oracle.name]
        chosen = [c for c in fitting if self._check in ("", c.id)]
        if not chosen:
            message = f"{task.id} has no check {self._check!r} that uses {self.oracle.name!r}"
            raise UsageError(message)
        return replace(task, checks=(chosen[0],))

    def _with(self, hidden: Path | None, options: Mapping[str, Any] | None) -> Task:
        if hidden is None and options is None:
            return self.task
        root = self.task.root
        if hidden is not None:
            root = Path(tempfile.mkdtemp(dir=self._root))
            shutil.copytree(hidden, root / "tests")
        check = self.check if options is None else replace(self.check, options=options)
        return replace(self.task, root=root, checks=(check,))


class _Caught:
    """An oracle whose exceptions are remembered."""

    def __init__(self, oracle: Oracle) -> None:
        self.name, self.summary, self.schema = oracle.name, oracle.summary, oracle.schema
        self.error: BaseException | None = None
        self._oracle = oracle

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Measure, and remember what is raised."""
        try:
            return self._oracle.measure(context)
        except (AwbError, KeyboardInterrupt):
            raise
        except BaseException as error:
            self.error = error
            raise RuntimeError from error


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return names, sizes and times of a folder's entries: whether anything was written."""
    entries = sorted(folder.rglob("*"))
    states = ((path, path.lstat()) for path in entries)
    return tuple((str(path), state.st_size, state.st_mtime_ns) for path, state in states)
