"""The core's own plugin: built-ins register through the same door as third parties."""

from __future__ import annotations

from collections.abc import Iterable

from awb_core import hookimpl
from awb_core.adapters import CommandAdapter, HumanAdapter, NoopAdapter, ReferenceAdapter
from awb_core.adapters.acp import AcpAdapter
from awb_core.adapters.agent import AgentAdapter
from awb_core.adapters.agents import AGENTS
from awb_core.attacks import ATTACKS
from awb_core.executors import ThreadExecutor
from awb_core.model import Dimension
from awb_core.oracles import (
    FindingsOracle,
    LintOracle,
    MetricOracle,
    MutationOracle,
    ProgramOracle,
    PropertyOracle,
    PytestOracle,
)
from awb_core.protocols import Adapter, Attack, Executor, Oracle, Reporter, SandboxProvider
from awb_core.report import REPORTERS
from awb_core.sandbox.docker import DockerProvider
from awb_core.sandbox.local import LocalProvider

DIMENSIONS = (
    Dimension(id="debugging", title="Debugging"),
    Dimension(id="refactoring", title="Refactoring"),
    Dimension(id="multi-file-change", title="Multi-file change"),
    Dimension(id="dependency-upgrades", title="Dependency upgrades"),
    Dimension(id="test-authoring", title="Test authoring"),
    Dimension(id="performance-investigation", title="Performance investigation"),
    Dimension(id="security-review", title="Security review"),
    Dimension(id="error-handling", title="Error handling"),
    Dimension(id="api-design", title="API design"),
    Dimension(id="data-migration", title="Data migration"),
    Dimension(id="build-configuration", title="Build configuration"),
    Dimension(id="documentation", title="Documentation"),
)


@hookimpl
def awb_dimensions() -> Iterable[Dimension]:
    """Return the twelve standard dimensions."""
    return DIMENSIONS


@hookimpl
def awb_adapters() -> Iterable[Adapter]:
    """Return the adapters that need no model, and the coding agents."""
    plain: tuple[Adapter, ...] = (
        NoopAdapter(),
        ReferenceAdapter(),
        CommandAdapter(),
        HumanAdapter(),
    )
    return (*plain, *map(AgentAdapter, AGENTS), AcpAdapter())


@hookimpl
def awb_oracles() -> Iterable[Oracle]:
    """Return the built-in oracles."""
    return (
        PytestOracle(),
        LintOracle(),
        PropertyOracle(),
        MutationOracle(),
        MetricOracle(),
        ProgramOracle(),
        FindingsOracle(),
    )


@hookimpl
def awb_sandboxes() -> Iterable[SandboxProvider]:
    """Return the built-in sandboxes, the preferred one first."""
    return (DockerProvider(), LocalProvider())


@hookimpl
def awb_executors() -> Iterable[Executor]:
    """Return the built-in executor."""
    return (ThreadExecutor(),)


@hookimpl
def awb_reporters() -> Iterable[Reporter]:
    """Return the built-in report formats."""
    return REPORTERS


@hookimpl
def awb_attacks() -> Iterable[Attack]:
    """Return the shipped attacks."""
    return ATTACKS
