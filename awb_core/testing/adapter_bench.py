"""A place where an adapter is put to the test: a scripted model, a gateway, and sandboxes that are watched."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from awb_core.engine.agent_phase import AgentEnd, run_agent
from awb_core.engine.services import Services
from awb_core.errors import AwbError
from awb_core.gateway.client import Gateway
from awb_core.gateway.config import DEFAULT_UPSTREAMS, Upstream
from awb_core.model import Limits, Task, Trial, Workflow
from awb_core.protocols import ModelAdapter, SandboxProvider
from awb_core.sandbox.workspace import copy_tree
from awb_core.testing.model_server import ModelServer, Served
from awb_core.testing.scripts import Misbehaviour, Script
from awb_core.testing.solutions import script_for_solution
from awb_core.testing.watched import WatchedProvider, left_behind

SERVER_TRIAL = "x"
"""The name under which the scripted model knows every trial of a bench."""

HOST_MARKER = "AWB_ADAPTER_CHECK"
"""Variable that processes inherit which an adapter starts on the host."""

INSTRUCTION = "Bring the files of this folder into the state that was agreed upon.\n"
START = {
    "greeting.py": "def greet(name):\n    return None\n",
    "data/old.txt": "to be removed\n",
    "tool.sh": "#!/bin/sh\necho tool\n",
}
SOLVED = {
    "greeting.py": "def greet(name):\n    return f\"Grüß dich, '{name}'!\"\n",
    "notes/two words.txt": "a new file\n" * 40,
    "tool.sh": START["tool.sh"],
}
EXECUTABLE = "tool.sh"
"""The file of the solved workspace that became executable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long things may take; an agent that starts slowly needs more."""

    limit_seconds: float = 20.0
    """Time limit of runs that must be killed: enough for the start and a few turns."""
    error_seconds: float = 45.0
    """Time limit of runs whose model only fails; retries are part of them."""
    work_seconds: float = 90.0
    """Time limit of other runs."""
    late_seconds: float = 20.0
    """How long after its time limit or its end a run may be over: the start and the report are part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run of the adapter."""

    end: AgentEnd
    finished: Path
    """The workspace it left."""
    served: tuple[Served, ...]
    """What the scripted model was asked."""
    requests: tuple[Mapping[str, Any], ...]
    """What the gateway recorded."""
    seconds: float
    overran: bool
    """Whether the bench had to kill it, long after its time limit."""
    lingered_seconds: float
    """How long it took from a kill from outside to the end."""
    left: tuple[str, ...]
    """Processes and containers that outlived the sandbox."""
    error: str = ""
    """What the adapter raised."""

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        parts = [self.end.outcome.value, self.end.cause, self.end.note, self.error]
        return ": ".join(part for part in parts if part)[:600]

    @property
    def tail(self) -> str:
        """The last words of its output."""
        return self.end.transcript.output[-300:].decode(errors="replace").strip()


class AdapterBench:
    """Runs an adapter as the engine does, with a scripted model behind the gateway; use it in a `with` statement.

    Args:
        adapter: The adapter.
        provider: Where it runs.
        argument: The argument of its workflow; its default if empty.
        times: How long things may take.
        workflow: The workflow, where an argument cannot say it.
    """

    def __init__(
        self,
        adapter: ModelAdapter,
        provider: SandboxProvider,
        argument: str = "",
        times: Times | None = None,
        workflow: Workflow | None = None,
    ) -> None:
        self.adapter = adapter
        self.times = times or Times()
        self._provider = provider
        self._argument = argument
        self._workflow = workflow
        self._run = f"adapter-{secrets.token_hex(6)}"
        self._stack = ExitStack()
        self._count = 0

    def __enter__(self) -> AdapterBench:
        with ExitStack() as stack:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="awb-adapter-"))
            self._root = Path(scratch)
            self._server = stack.enter_context(ModelServer())
            gateway = Gateway(
                self._root / "gateway",
                upstreams=_upstreams(self._server),
                run=self._run,
                secret=secrets.token_hex(16),
            )
            self._gateway = stack.enter_context(gateway)
            self._write_trees()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @cached_property
    def workflow(self) -> Workflow:
        """The workflow under test."""
        return self._workflow or self.adapter.workflow(self._argument)

    @property
    def solved(self) -> Path:
        """The workspace that the ordinary script makes."""
        return self._root / "solved"

    @property
    def start(self) -> Path:
        """The workspace that every run begins with."""
        return self._root / "task" / "workspace"

    @cached_property
    def ordinary(self) -> Ran:
        """A run in which nothing goes wrong: the model solves the task; it is done once."""
        return self.run(script_for_solution(self.start, self.solved))

    @cached_property
    def has_shell(self) -> bool:
        """Whether the agent lets its model run commands."""
        return any(re.search(rb"AWB_CWD=/", one.body) for one in self.ordinary.served)

    def run(
        self,
        script: Script,
        *misbehaviours: Misbehaviour,
        seconds: float | None = None,
        instruction: str = INSTRUCTION,
        overlay: Path | None = None,
        kill: bool = False,
    ) -> Ran:
        """Let the adapter work once; with `kill` all is killed as soon as the model was asked."""
        seconds = seconds or self.times.work_seconds
        self._count += 1
        name = f"check-{self._count}"
        self._server.script(SERVER_TRIAL, script, *misbehaviours)
        before = len(self._server.served(SERVER_TRIAL))
        watched = WatchedProvider(
            self._provider,
            seconds=seconds + self.times.late_seconds,
            is_due=lambda: kill and len(self._server.served(SERVER_TRIAL)) > before,
        )
        end, finished = AgentEnd(), self._root / name
        began, error = time.monotonic(), ""
        task = self._task(instruction, seconds)
        try:
            with _host_marker(self._run):
                services = self._services(watched)
                run_agent(self._trial(name, overlay), task, services, finished, end, name)
        except AwbError as raised:
            error = f"{type(raised).__name__}: {raised}"
        inside = (f"AWB_SANDBOX={watched.marker}",) if watched.marker else ()
        markers = (*inside, f"{HOST_MARKER}={self._run}")
        return Ran(
            end=end,
            finished=finished,
            served=self._server.served(SERVER_TRIAL)[before:],
            requests=self._gateway.requests(name),
            seconds=end.seconds.get("agent", time.monotonic() - began),
            overran=watched.overran,
            lingered_seconds=watched.lingered_seconds,
            left=left_behind(self._provider, self._run, markers, spare=self._gateway.pid),
            error=error,
        )

    def overlay(self, files: Mapping[str, str]) -> Path:
        """Write an overlay with these files, over the workflow's own."""
        folder = Path(tempfile.mkdtemp(dir=self._root))
        if self.workflow.overlay is not None:
            copy_tree(self.workflow.overlay, folder)
        return _write(folder, files)

    def _write_trees(self) -> None:
        _write(self.start, START)
        _write(self.solved, SOLVED)
        (self.solved / EXECUTABLE).chmod(0o755)

    def _trial(self, name: str, overlay: Path | None) -> Trial:
        workflow = replace(self.workflow, overlay=overlay or self.workflow.overlay)
        return Trial(
            id=f"{self._run}-{name}", task="adapter-check", workflow=workflow, repeat=1, seed=0
        )

    def _task(self, instruction: str, seconds: float) -> Task:
        return Task(
            id="adapter-check",
            pack="awb-testing",
            root=self._root / "task",
            title="Solve it as the script says",
            dimension="debugging",
            difficulty="S",
            languages=("python",),
            limits=Limits(agent_seconds=seconds),
            instruction=instruction,
        )

    def _services(self, provider: SandboxProvider) -> Services:
        return Services(
            adapters={self.workflow.adapter: self.adapter},
            oracles={},
            provider=provider,
            status=provider.probe(),
            agent_slot=nullcontext(),
            verify_slot=nullcontext(),
            phase=lambda _trial, _phase: None,
            run=self._run,
            gateway=self._gateway,
            mounts=lambda workflow: self.adapter.mounts(workflow, lambda _: None),
        )


def _upstreams(server: ModelServer) -> tuple[Upstream, ...]:
    return tuple(
        Upstream(
            name=known.name,
            base_url=f"{server.url}/t/{SERVER_TRIAL}/{known.name}",
            protocol=known.protocol,
        )
        for known in DEFAULT_UPSTREAMS
    )


def _write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


@contextmanager
def _host_marker(value: str) -> Iterator[None]:
    """Mark the processes that are started on the host meanwhile."""
    os.environ[HOST_MARKER] = value
    try:
        yield
    finally:
        del os.environ[HOST_MARKER]
