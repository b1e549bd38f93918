"""The nouns of the benchmark as frozen values; they validate nothing, `manifest` did."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

from awb_core.tree import digest_tree


def digest_of(value: Any) -> str:
    """Return the sha256 of a JSON value in canonical form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class Role(StrEnum):
    """What a check decides: see `awb_core.scoring`."""

    GATE = "gate"
    REQUIRED = "required"
    QUALITY = "quality"


class Outcome(StrEnum):
    """How a trial ended."""

    FINISHED = "finished"
    AGENT_TIMEOUT = "agent_timeout"
    BUDGET_EXHAUSTED = "budget_exhausted"
    AGENT_ERROR = "agent_error"
    INFRA_ERROR = "infra_error"
    VERIFIER_ERROR = "verifier_error"
    TAMPERED = "tampered"
    CANCELLED = "cancelled"

    @property
    def is_valid(self) -> bool:
        """Whether a trial that ended so has a score."""
        return self not in _INVALID


_INVALID = frozenset({Outcome.INFRA_ERROR, Outcome.VERIFIER_ERROR, Outcome.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A capability that tasks measure."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """Three measured values that fix a check's progress axis, in the measure's own unit."""

    floor: float
    """What the untouched workspace measures: progress 0."""
    midpoint: float
    """What the minimal acceptable solution measures: progress 1/2."""
    saturation: float
    """What the near-optimal solution measures: progress 1."""
    scale: Literal["linear", "log"] = "linear"
    goal: Literal["maximise", "minimise"] = "maximise"
    offset: float = 0.0
    """Added to values before the logarithm, so that a count may reach 0."""
    unit: str = "share"
    noise: float = 0.0
    """Standard deviation of the measure on one workspace; 0 for deterministic measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One oracle applied to the finished workspace."""

    id: str
    oracle: str
    role: Role
    weight: float = 0.0
    anchors: Anchors | None = None
    at_least: float | None = None
    at_most: float | None = None
    integrity: bool = False
    """Whether a failed gate means tampering: the score is then 0."""
    seconds: float | None = None
    """Wall limit of this check; `limits.verify_seconds` otherwise."""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a phase of a trial may use."""

    agent_seconds: float = 3600.0
    verify_seconds: float = 120.0
    cpus: float = 2.0
    memory_mb: int = 2048
    pids: int = 256
    disk_mb: int = 512
    network: Literal["none", "model", "packages", "open"] = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What is installed in the sandbox; equal environments have equal digests and are built once."""

    python: str = "3.11"
    requirements: str = ""
    """The text of a requirements file in which every line is pinned and hashed."""
    debian: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    """Commands the host must offer to the local sandbox."""

    @property
    def digest(self) -> str:
        """Identify the environment by its content."""
        return digest_of(
            {"python": self.python, "requirements": self.requirements, "debian": self.debian}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdist:
    """A source distribution on the package index, pinned."""

    name: str
    version: str
    sha256: str
    remove: tuple[str, ...] = ()
    """Globs dropped after unpacking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSource:
    """Where a task's starting state comes from."""

    sdist: Sdist | None = None
    protected: tuple[str, ...] = ()
    """Globs of files that are restored before the verdict."""
    history: bool = False
    history_script: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A reference solution and what it must achieve."""

    name: str
    verdict: Literal["pass", "fail"]
    score: tuple[float, float]
    """The inclusive band of scores."""


_digest_of_tree = cache(digest_tree)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A piece of engineering work with its checks and reference solutions."""

    id: str
    pack: str
    root: Path
    title: str
    dimension: str
    difficulty: Literal["S", "M", "L"]
    languages: tuple[str, ...]
    tags: tuple[str, ...] = ()
    contamination: str = "authored"
    canary: str = ""
    workspace: WorkspaceSource = WorkspaceSource()
    environment: Environment = Environment()
    limits: Limits = Limits()
    checks: tuple[Check, ...] = ()
    ladder: tuple[Rung, ...] = ()
    instruction: str = ""

    @property
    def digest(self) -> str:
        """sha256 over the filtered tree of the task, read once a process."""
        return _digest_of_tree(self.root)

    @property
    def brief(self) -> Brief:
        """What a workflow may see."""
        return Brief(task=self.id, instruction=self.instruction, limits=self.limits)

    @property
    def tests(self) -> Path:
        """The hidden folder."""
        return self.root / "tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The part of a task that a workflow may see."""

    task: str
    instruction: str
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A distribution's tasks."""

    name: str
    title: str
    version: str
    distribution: str
    root: Path
    tasks: tuple[Task, ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions of its tasks, sorted."""
        return tuple(sorted({task.dimension for task in self.tasks}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """The thing under test; two workflows with different identities are never merged."""

    name: str
    adapter: str
    argument: str = ""
    identity: str = ""
    """Digest over the adapter, its version and everything it loads."""
    factors: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    """The model as requested; what answered is in the records of the gateway."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the adapter, by its schema."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Environment variables for the tool."""
    overlay: Path | None = None
    """A folder with `home/` and `workspace/` that is laid over what the tool finds."""
    secrets: tuple[str, ...] = ()
    """Names of variables of this host whose values the tool gets."""
    agent_seconds: float | None = None
    """Longest time at work, where it is shorter than the task's."""
    budget_usd: float | None = None
    """Most that one trial may spend on its model."""
    workflow_budget_usd: float | None = None
    """Most that all its trials in a run may spend together."""
    upstreams: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Endpoints of the gateway that stand in for providers: `base_url` and `key_variable` by provider."""
    source: str = ""
    """The file it was read from; empty for workflows of the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Evidence for one part of a measurement."""

    id: str
    credit: float
    weight: float = 1.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What one check observed."""

    value: float
    unit: str = "share"
    items: tuple[Item, ...] = ()
    note: str = ""
    tampered: str = ""
    """Evidence that the workspace tried to forge the result; empty if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OracleFailure:
    """An oracle could not judge: neither zero nor missing."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """A check with what it observed and what that cost."""

    check: str
    measured: Measurement | OracleFailure
    seconds: float = 0.0
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One task, one workflow, one repeat."""

    id: str
    task: str
    workflow: Workflow
    repeat: int
    seed: int
    """The grading seed: equal for all workflows of a run on one task."""
