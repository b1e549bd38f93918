"""The hooks a plugin may implement; each returns what the plugin provides.

A plugin is a module named by an entry point of the group `awb`. A hook implementation may take fewer arguments than
its specification, so new arguments break no one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pluggy import HookspecMarker

if TYPE_CHECKING:
    from awb_core.model import Dimension
    from awb_core.protocols import Adapter, Attack, Executor, Oracle, Reporter, SandboxProvider

hookspec = HookspecMarker("awb")


@hookspec
def awb_packs() -> Iterable[Path]:
    """Return the folders that hold a `pack.toml` and `tasks/`."""
    return ()


@hookspec
def awb_dimensions() -> Iterable[Dimension]:
    """Return dimensions beside the twelve standard ones."""
    return ()


@hookspec
def awb_adapters() -> Iterable[Adapter]:
    """Return adapters; `NAME:ARGUMENT` on the command line reaches them."""
    return ()


@hookspec
def awb_oracles() -> Iterable[Oracle]:
    """Return oracles; a check names one."""
    return ()


@hookspec
def awb_sandboxes() -> Iterable[SandboxProvider]:
    """Return kinds of sandbox for `--sandbox`."""
    return ()


@hookspec
def awb_executors() -> Iterable[Executor]:
    """Return executors for `--executor`."""
    return ()


@hookspec
def awb_reporters() -> Iterable[Reporter]:
    """Return report formats for `awb report --format`."""
    return ()


@hookspec
def awb_attacks() -> Iterable[Attack]:
    """Return attacks; `awb check` tries each on every task it applies to."""
    return ()
