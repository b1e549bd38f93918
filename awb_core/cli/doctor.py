"""`awb doctor`: what works here, and the command that mends the rest."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec

import click

from awb_core.cli.common import json_option, print_json
from awb_core.errors import AwbError
from awb_core.protocols import ModelAdapter
from awb_core.registry import Registry, discover
from awb_core.sandbox.cache import cache_root, locked
from awb_core.sandbox.environment import run_uv

LEAST_FREE_GB = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    works: bool
    state: str
    fix: str = ""
    required: bool = False


@click.command(epilog="\b\nExample:\n  awb doctor")
@json_option
def doctor(as_json: bool) -> int:
    """Look at everything a run needs and print what works, what does not, and how to fix it.

    Exit 1 if something required does not work; exit 3 if there is no sandbox at all.
    """
    registry = discover()
    findings = list(_examine(registry))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            mark = "ok  " if finding.works else "FAIL" if finding.required else "--  "
            click.echo(f"{mark} {finding.what}: {finding.state}")
            if finding.fix and not finding.works:
                click.echo(f"       fix: {finding.fix}")
    if not any(f.works for f in findings if f.what.startswith("sandbox ")):
        return 3
    return 1 if any(f.required and not f.works for f in findings) else 0


def _examine(registry: Registry) -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(what="python", works=True, state=python)
    yield Finding(what="awb-core", works=True, state=version("awb-core"))
    try:
        yield Finding(what="uv", works=True, state=run_uv("--version").strip(), required=True)
    except AwbError as error:
        yield Finding(what="uv", works=False, state=str(error), fix="pip install uv", required=True)
    for name, provider in registry.sandboxes.items():
        status = provider.probe()
        weak = [what for what, on in status.protections.items() if not on]
        state = status.summary + (f"; not isolated: {', '.join(weak)}" if weak else "")
        yield Finding(what=f"sandbox {name}", works=status.available, state=state, fix=status.fix)
        if status.available and weak and status.fix:
            yield Finding(what=f"isolation of {name}", works=False, state="partial", fix=status.fix)
    yield _cache()
    free = shutil.disk_usage(_existing(cache_root())).free >> 30
    yield Finding(
        what="disk",
        works=free >= LEAST_FREE_GB,
        state=f"{free} GB free for {cache_root()}",
        fix=f"free some space, or set AWB_CACHE_DIR; {LEAST_FREE_GB} GB are enough",
    )
    git = shutil.which("git")
    yield Finding(
        what="git", works=git is not None, state=git or "not found", fix="apt-get install git"
    )
    yield from _agents(registry)
    bundle = os.environ.get("AWB_CA_BUNDLE")
    if bundle:
        there = os.access(bundle, os.R_OK)
        yield Finding(
            what="AWB_CA_BUNDLE",
            works=there,
            state=bundle,
            fix="name a readable file",
            required=True,
        )
    tasks = len(registry.tasks)
    state = f"{len(registry.packs)} packs with {tasks} tasks"
    yield Finding(what="packs", works=tasks > 0, state=state, fix="pip install awb-pack-debugging")
    for item in registry.broken:
        reason = item.reason.splitlines()[0]
        yield Finding(
            what=f"{item.kind} {item.name}",
            works=False,
            state=reason,
            fix=f"mend or uninstall {item.distribution}",
        )


def _agents(registry: Registry) -> Iterator[Finding]:
    """Yield what real agents need, and which are there."""
    parts = ("aiohttp", "genai_prices")
    there = all(find_spec(part) is not None for part in parts)
    yield Finding(
        what="gateway for agents",
        works=there,
        state="ready" if there else "its packages are not installed",
        fix="pip install 'awb-core[agents]'",
    )
    npm = shutil.which("npm")
    yield Finding(
        what="npm for agents",
        works=npm is not None,
        state=npm or "not found",
        fix="apt-get install nodejs npm",
    )
    models = {k: a for k, a in registry.adapters.items() if isinstance(a, ModelAdapter)}
    installed = [name for name, adapter in models.items() if adapter.state().installed]
    yield Finding(
        what="agents",
        works=bool(installed),
        state=f"{len(installed)} of {len(models)} installed: {', '.join(installed) or 'none'}",
        fix="awb install-agent codex (a run does it, too)",
    )


def _cache() -> Finding:
    try:
        with locked("doctor"):
            return Finding(what="cache", works=True, state=str(cache_root()), required=True)
    except AwbError as error:
        return Finding(
            what="cache", works=False, state=str(error), fix="set AWB_CACHE_DIR", required=True
        )


def _existing(path: os.PathLike[str]) -> str:
    text = os.fspath(path)
    while not os.path.exists(text):  # noqa: PTH110 - walks up a path that may not exist
        text = os.path.dirname(text)  # noqa: PTH120
    return text
