"""Install an agent into the cache, once, in a form that runs wherever it is mounted.

A sandbox sees the folder read-only, in images that have neither Node nor the agent's Python packages. So everything an
agent needs but libc and, for Python agents, the interpreter is in its folder, and it is started by a launcher that
finds the rest beside itself.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from awb_core.adapters.agents.npm import install_npm
from awb_core.adapters.agents.pip import install_pip, python_for
from awb_core.adapters.agents.spec import AgentSpec, NpmInstall
from awb_core.errors import UsageError
from awb_core.model import digest_of
from awb_core.sandbox.cache import cache_root, ensure, is_cached
from awb_core.sandbox.environment import Running

KIND = "agents"
RECIPE = 1
"""Raised when the way agents are installed changes, so that older ones are not used."""

DIGEST = "digest.txt"
EXACT = re.compile(r"[0-9][0-9A-Za-z.+_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledAgent:
    """An agent in the cache."""

    root: Path
    """Holds `bin/COMMAND`."""
    version: str
    digest: str
    """sha256 of the lock file, which holds version and checksum of each of its packages."""


def install_agent(
    spec: AgentSpec,
    version: str | None,
    report: Callable[[str], None],
    running: Running | None = None,
) -> InstalledAgent:
    """Return an agent from the cache, installing it first unless it is there.

    Args:
        spec: The agent.
        version: Exact version; the tested one if None.
        report: Is told what takes long.
        running: Holds the installing process while it runs, so that an interrupt can end it.

    Raises:
        UsageError: that is no exact version.
        EnvironmentFailed: it cannot be installed here.
    """
    chosen = version or spec.install.version
    if not EXACT.fullmatch(chosen):
        message = f"{spec.name}: {chosen!r} is no exact version, such as {spec.install.version}"
        raise UsageError(message)
    key = _key(spec, chosen)
    if not is_cached(KIND, key):
        report(f"installing {spec.title} {chosen}")
    root = ensure(KIND, key, lambda folder: _build(spec, chosen, folder, running))
    return _found(root, chosen)


def installed_agent(spec: AgentSpec, version: str | None = None) -> InstalledAgent | None:
    """Return an agent that is in the cache already, None if it is not."""
    chosen = version or spec.install.version
    key = _key(spec, chosen)
    if not is_cached(KIND, key):
        return None
    return _found(cache_root() / KIND / key, chosen)


def missing(spec: AgentSpec) -> str:
    """Return the command that gives this host what the installation needs; empty if it has that."""
    if isinstance(spec.install, NpmInstall) and shutil.which("npm") is None:
        return "apt-get install nodejs npm"
    return ""


def _found(root: Path, version: str) -> InstalledAgent:
    return InstalledAgent(root=root, version=version, digest=(root / DIGEST).read_text("utf-8"))


def _key(spec: AgentSpec, version: str) -> str:
    recipe = {"recipe": RECIPE, "machine": platform.machine(), "install": asdict(spec.install)}
    return f"{spec.name}-{version}-{digest_of(recipe)[:12]}"


def _build(spec: AgentSpec, version: str, folder: Path, running: Running | None) -> None:
    if isinstance(spec.install, NpmInstall):
        digest = install_npm(spec.install, version, folder, running)
    else:
        digest = install_pip(spec.install, version, folder, python_for(spec.install), running)
    (folder / DIGEST).write_text(digest, "utf-8")
    _let_everyone_read(folder)


def _let_everyone_read(folder: Path) -> None:
    """Undo a strict umask: in a container another user reads the folder."""
    for parent, _, names in os.walk(folder):
        for place in (Path(parent), *(Path(parent, name) for name in names)):
            if not place.is_symlink():
                mode = place.stat().st_mode
                place.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
