"""What plugins implement: small protocols, satisfied by having the methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from awb_core.model import (
    Brief,
    Check,
    Environment,
    Limits,
    Measurement,
    OracleFailure,
    Outcome,
    Task,
    Workflow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """How a command in a sandbox ended."""

    exit_code: int
    """The exit status; 128 + n after signal n."""
    stdout: bytes = b""
    stderr: bytes = b""
    """Both streams are bounded: head and tail are kept, the middle is dropped."""
    stdout_bytes: int = 0
    """How much the command wrote before any of it was dropped."""
    seconds: float = 0.0
    cpu_seconds: float | None = None
    timed_out: bool = False
    out_of_memory: bool = False
    flooded: bool = False
    """Whether it was killed because it wrote more than the output limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command to run in a sandbox."""

    argv: Sequence[str]
    stdin: bytes = b""
    env: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 60.0
    keep_bytes: int = 256 << 10
    """How much of each stream is kept."""
    flood_bytes: int = 64 << 20
    """A command that writes more than this is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The finished workspace on the host, made of regular files and folders only."""

    root: Path
    files: int = 0
    bytes: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    """Entries that were left out, with the reason: links, devices, sockets, names that are too long."""


class Sandbox(Protocol):
    """An isolated place for one phase of one trial; commands start in the workspace."""

    workspace: str
    """Path of the workspace inside."""
    hidden: str
    """Path inside of what was put there hidden; read-only."""
    python: str
    """Path inside of the environment's Python."""
    home: str
    """Path inside of a fresh, empty and writable HOME."""
    gateway_url: str
    """Where the gateway is reached from inside, without a path; empty where there is none."""

    def put(self, source: Path, *, hidden: bool = False) -> None:
        """Copy a folder's content into the workspace or, if `hidden`, beside it and read-only."""

    def run(self, command: Command) -> CommandResult:
        """Run a command to its end; the processes it leaves behind live until the sandbox closes."""

    def kill(self) -> None:
        """Kill every process inside; a command that runs ends at once."""

    def collect(self, destination: Path, limits: Limits) -> Collected:
        """Kill every process, then copy the workspace out through the safe extractor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A folder of the host that is seen inside, read-only."""

    source: Path
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSpec:
    """What a sandbox is opened for."""

    run: str
    trial: str
    phase: Literal["agent", "verify", "prepare"]
    environment: Environment
    limits: Limits
    seconds: float
    """The sandbox ends itself after this time, whatever becomes of its owner."""
    network: Literal["none", "model", "packages", "open"] = "none"
    """`model`: nothing can be reached but the gateway. `packages`: nor anything but it and package indexes."""
    gateway: Path | None = None
    """The gateway's unix socket on this host; needed for the network `model`."""
    packages: Path | None = None
    """The unix socket of a proxy that leads to package indexes; needed for the network `packages`."""
    mounts: tuple[Mount, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables of every command inside; those of the command itself count for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxStatus:
    """Whether a sandbox works here, and what it isolates."""

    available: bool
    summary: str
    fix: str = ""
    """The command that makes it available; empty if it is."""
    protections: Mapping[str, bool] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


class SandboxProvider(Protocol):
    """A kind of sandbox."""

    name: str

    def probe(self) -> SandboxStatus:
        """Say what works here; never raises."""

    def prepare(self, environment: Environment, report: Callable[[str], None]) -> str:
        """Build the environment unless it is cached, and return what identifies the result.

        Raises:
            EnvironmentFailed: it cannot be built here.
        """

    def open(self, spec: SandboxSpec) -> AbstractContextManager[Sandbox]:
        """Open a fresh sandbox; leaving the context kills everything in it and removes it."""

    def stop(self) -> None:
        """Kill everything in the sandboxes this process holds open; used when a run is interrupted."""

    def reap(self) -> int:
        """Remove what dead owners left behind and return how many sandboxes that were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What a workflow did, as far as its adapter knows."""

    outcome: Outcome = Outcome.FINISHED
    note: str = ""
    exit_code: int | None = None
    output: bytes = b""
    """Bounded output of the workflow, for the trial's log."""
    version: str = ""
    """What the workflow's tool says of its own version."""
    claims: Mapping[str, Any] | None = None
    """What the tool reports of itself (tokens, cost, turns, errors): compared, never believed."""
    steps: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayAccess:
    """A trial's way to its model."""

    url: str
    """Base URL as seen from inside the sandbox, for example `http://127.0.0.1:8080/t/TRIAL`."""
    token: str
    """What the tool sends as its key; worth nothing outside this trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSession:
    """What an adapter gets."""

    brief: Brief
    workflow: Workflow
    sandbox: Sandbox
    start: Path
    """The starting workspace on the host; read only."""
    gateway: GatewayAccess | None = None
    solution: Callable[[str], Path] | None = None
    """Only for adapters with `privileged = True`: makes the folder of a solved workspace."""
    task: Task | None = None
    """Only for adapters with `privileged = True`: the whole task; packs are public, so attacks know it."""


class Adapter(Protocol):
    """Drives one kind of workflow in a sandbox; nothing in it decides success."""

    name: str
    summary: str
    privileged: bool
    """Whether it may see reference solutions; only the built-in ladder may.

    An adapter whose workflows ask a model is a `ModelAdapter`.
    """

    def workflow(self, argument: str) -> Workflow:
        """Make the workflow that `NAME:ARGUMENT` means, with its identity.

        Raises:
            UsageError: the argument does not fit.
        """

    def run(self, session: AgentSession) -> Transcript:
        """Let the workflow work until it ends or its time is over."""


class Attack(Protocol):
    """A way to be scored without doing the work; `attack:NAME` is the workflow that tries it."""

    name: str
    group: str
    """What kind of way it is; attacks are listed by it."""
    summary: str

    def applies(self, task: Task) -> bool:
        """Say whether it can mean anything for a task."""

    def run(self, session: AgentSession) -> Transcript:
        """Leave in the sandbox what is to fool the judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """An agent's program, installed on this host."""

    version: str
    source: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolState:
    """Whether an agent's program is there, and what it takes to have it."""

    installed: str = ""
    """The version that is installed; empty if none is."""
    version: str = ""
    """The version that was tested and is installed unless another is asked for."""
    fix: str = ""
    """What this host lacks to install it, as a command; empty if nothing."""


@runtime_checkable
class ModelAdapter(Adapter, Protocol):
    """An adapter whose workflows ask a model: its sandbox reaches the gateway and nothing else."""

    settings_schema: Mapping[str, Any]
    """JSON Schema of `settings` in a workflow file."""

    def state(self) -> ToolState:
        """Say whether the tool is installed; never raises."""

    def install(self, version: str | None, report: Callable[[str], None]) -> Tool:
        """Install the tool unless it is cached.

        Raises:
            EnvironmentFailed: it cannot be installed.
        """

    def upstream(self, workflow: Workflow) -> str:
        """Return the gateway's name of the provider that the workflow asks."""

    def mounts(self, workflow: Workflow, report: Callable[[str], None]) -> tuple[Mount, ...]:
        """Install the tool unless it is cached, and return what the sandbox must see of it.

        Raises:
            EnvironmentFailed: it cannot be installed.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class OracleContext:
    """What an oracle gets: a fresh sandbox that holds the finished workspace, and the hidden folder."""

    task: Task
    check: Check
    workspace: Path
    """The collected workspace on the host, protected files restored; never import from it."""
    open_sandbox: Callable[[], AbstractContextManager[Sandbox]]
    """Open a fresh offline sandbox that holds the finished workspace."""
    seed: int
    seconds: float
    scratch: Path
    """An empty folder on the host that is removed afterwards."""
    order: int = 0
    """Seed of the order in which cases run; 0 leaves it as it is. It must not change what is measured."""

    @property
    def tests(self) -> Path:
        """The hidden folder of the task."""
        return self.task.tests


class Oracle(Protocol):
    """Measures one thing about a finished workspace."""

    name: str
    summary: str
    schema: Mapping[str, Any]
    """JSON Schema of the check's options."""

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Observe the workspace."""


class Executor(Protocol):
    """Runs jobs side by side."""

    name: str

    def run(
        self,
        jobs: Sequence[Callable[[], None]],
        *,
        workers: int,
        stopped: Callable[[], bool],
    ) -> None:
        """Start the jobs in order, at most `workers` at once, until all are done or `stopped()` is true.

        A job that raises ends the rest; its exception is raised here once the running jobs have ended.
        """


class Reporter(Protocol):
    """Renders a matrix; pure."""

    name: str
    suffix: str

    def render(self, matrix: Any) -> str:
        """Return the document."""
