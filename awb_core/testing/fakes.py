"""Stand-ins for tests that need no sandbox, no agent and no pack: `FakeProvider`, `FakeAdapter`, `make_task`."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from awb_core.model import Environment, Limits, Outcome, Workflow, digest_of
from awb_core.protocols import (
    AgentSession,
    Collected,
    Command,
    CommandResult,
    SandboxSpec,
    SandboxStatus,
    Transcript,
)
from awb_core.tree import walk

Files = Mapping[str, str | bytes]
"""Contents by relative path."""

DONE = CommandResult(exit_code=0)

ONE_CHECK = """\
schema = 1
id = {id}
title = "A task for tests"
dimension = "debugging"
difficulty = "S"
languages = ["python"]
contamination = "authored"
canary = "awb-canary {canary}"
{environment}
[limits]
agent_seconds = 20
verify_seconds = 20
memory_mb = 256
pids = 64
disk_mb = 64
network = "none"

[[checks]]
id = "check"
oracle = {oracle}
role = "required"
weight = 1.0
anchors = {{ floor = 0.0, midpoint = 0.5, saturation = 1.0, unit = {unit} }}
options = {options}
"""


class FakeSandbox:
    """Keeps files in memory and answers commands as it is told.

    Args:
        answer: What a command comes to; it may change `files`, as the command would.
    """

    workspace = "/work"
    hidden = "/hidden"
    python = "/usr/bin/python3"
    home = "/home/awb"

    def __init__(
        self, answer: Callable[[FakeSandbox, Command], CommandResult], gateway_url: str = ""
    ) -> None:
        self.gateway_url = gateway_url
        self.files: dict[str, bytes] = {}
        """The workspace."""
        self.hidden_files: dict[str, bytes] = {}
        self.commands: list[Command] = []
        """What was run, in order."""
        self.killed = False
        self._answer = answer

    def put(self, source: Path, *, hidden: bool = False) -> None:
        """Read a folder's regular files."""
        place = self.hidden_files if hidden else self.files
        place.update({name: (source / name).read_bytes() for name in walk(source)})

    def run(self, command: Command) -> CommandResult:
        """Remember the command and answer it."""
        self.commands.append(command)
        return self._answer(self, command)

    def kill(self) -> None:
        """Remember that it was killed."""
        self.killed = True

    def collect(self, destination: Path, limits: Limits) -> Collected:
        """Write the workspace out."""
        del limits
        self.kill()
        write_files(destination, self.files)
        size = sum(map(len, self.files.values()))
        return Collected(root=destination, files=len(self.files), bytes=size)


class FakeProvider:
    """A kind of sandbox that runs nothing: every command comes to what `answer` returns.

    It isolates nothing, and says so; it is for unit tests of adapters and oracles.
    """

    name = "fake"

    def __init__(
        self, answer: Callable[[FakeSandbox, Command], CommandResult] = lambda _box, _command: DONE
    ) -> None:
        self.opened: list[FakeSandbox] = []
        """Every sandbox that was opened, in order."""
        self._answer = answer

    def probe(self) -> SandboxStatus:
        """It is always there."""
        stated = ("network off", "files of the host hidden", "all processes killed")
        protections = dict.fromkeys((*stated, "memory and process limits"), False)
        return SandboxStatus(
            available=True,
            summary="in memory; runs nothing",
            protections=protections,
            facts={"isolation": "none"},
        )

    def prepare(self, environment: Environment, report: Callable[[str], None]) -> str:
        """Nothing is built."""
        del report
        return environment.digest

    @contextmanager
    def open(self, spec: SandboxSpec) -> Iterator[FakeSandbox]:
        """Open an empty sandbox."""
        sandbox = FakeSandbox(self._answer, "http://127.0.0.1:8080" if spec.gateway else "")
        self.opened.append(sandbox)
        yield sandbox

    def stop(self) -> None:
        """Kill the sandboxes that were opened."""
        for sandbox in self.opened:
            sandbox.kill()

    def reap(self) -> int:
        """Nothing is ever left behind."""
        return 0


class FakeAdapter:
    """An agent that writes files into the workspace, whatever it is told.

    Args:
        files: What it writes.
        outcome: How it says that it ended.
    """

    name = "fake"
    summary = "writes the files it was given"
    privileged = False

    def __init__(
        self, files: Files = MappingProxyType({}), outcome: Outcome = Outcome.FINISHED
    ) -> None:
        self.sessions: list[AgentSession] = []
        """What it was given, in order."""
        self._files = files
        self._outcome = outcome

    def workflow(self, argument: str) -> Workflow:
        """Return a workflow whose identity covers the files."""
        contents = {name: repr(content) for name, content in self._files.items()}
        return Workflow(
            name=f"{self.name}:{argument}" if argument else self.name,
            adapter=self.name,
            argument=argument,
            identity=digest_of({"adapter": self.name, "argument": argument, "files": contents}),
            factors={"harness": self.name, "model": "none"},
        )

    def run(self, session: AgentSession) -> Transcript:
        """Write the files."""
        self.sessions.append(session)
        with tempfile.TemporaryDirectory(prefix="awb-fake-") as folder:
            session.sandbox.put(write_files(Path(folder), self._files))
        return Transcript(outcome=self._outcome)


def make_task(
    root: Path,
    *,
    oracle: str,
    options: Mapping[str, Any],
    workspace: Files,
    tests: Files,
    rungs: Mapping[str, Files],
    requirements: str = "",
    unit: str = "share",
) -> Path:
    """Write the folder of a task with one check, `check`, and return it.

    The task's id is the name of the folder. A rung is what is laid over the workspace; `partial`, `minimal` and
    `canonical` are there in any case, empty if they are not given.
    """
    for name, files in {"workspace": workspace, "tests": tests}.items():
        write_files(root / name, files)
    for rung in ("partial", "minimal", "canonical", *rungs):
        write_files(root / "solution" / rung, rungs.get(rung, {}))
    if requirements:
        write_files(root, {"requirements.txt": requirements})
    manifest = ONE_CHECK.format(
        id=_toml(root.name),
        canary=uuid.uuid5(uuid.NAMESPACE_OID, root.name),
        environment='[environment]\nrequirements = "requirements.txt"\n' if requirements else "",
        oracle=_toml(oracle),
        options=_toml(options),
        unit=_toml(unit),
    )
    write_files(
        root, {"task.toml": manifest, "instruction.md": "Make the checks of this task pass.\n"}
    )
    return root


def write_files(root: Path, files: Files) -> Path:
    """Write files into a folder, which is made if need be, and return it."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def _toml(value: Any) -> str:
    """Return a JSON value as TOML on one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
