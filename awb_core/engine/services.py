"""What trials need, handed in by the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from awb_core.engine.conditions import QUIET, Conditions
from awb_core.model import Trial, Workflow
from awb_core.protocols import Adapter, Mount, Oracle, SandboxProvider, SandboxStatus

if TYPE_CHECKING:
    from awb_core.gateway.client import Gateway
    from awb_core.gateway.package_hosts import PackageSettings


def _no_mounts(_: Workflow) -> tuple[Mount, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a trial needs."""

    adapters: Mapping[str, Adapter]
    oracles: Mapping[str, Oracle]
    provider: SandboxProvider
    status: SandboxStatus
    """What the sandbox isolates here, for the records."""
    agent_slot: AbstractContextManager[object]
    verify_slot: AbstractContextManager[object]
    """Verification of finished trials overlaps with agents that are still running."""
    phase: Callable[[Trial, str], None]
    """Told which phase a trial is in."""
    run: str = ""
    conditions: Conditions = QUIET
    """Circumstances of verification."""
    gateway: Gateway | None = None
    """The way to models; None in runs that need none."""
    packages: PackageSettings | None = None
    """Which package indexes tasks may reach; None in runs whose tasks reach none."""
    mounts: Callable[[Workflow], tuple[Mount, ...]] = _no_mounts
    """The tool of a workflow, installed; raises `EnvironmentFailed` where it could not be."""
