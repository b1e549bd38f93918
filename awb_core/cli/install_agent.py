"""`awb install-agent`: install the tool of an adapter ahead of a run."""

from __future__ import annotations

import signal

import click

from awb_core.cli.common import json_option, print_json
from awb_core.errors import UsageError
from awb_core.protocols import ModelAdapter
from awb_core.registry import discover
from awb_core.validation import did_you_mean


@click.command(
    "install-agent",
    epilog="\b\nExamples:\n  awb install-agent codex\n  awb install-agent codex@0.169.0",
)
@click.argument("name", metavar="NAME[@VERSION]")
@json_option
def install_agent(name: str, as_json: bool) -> int:
    """Install an agent into the cache, at its tested version or another; a run does the same when it needs it."""
    registry = discover()
    wanted, _, version = name.partition("@")
    agents = {key: a for key, a in registry.adapters.items() if isinstance(a, ModelAdapter)}
    if wanted not in agents:
        near = did_you_mean(wanted, agents)
        raise UsageError(f"no agent {wanted!r}{near}; known are: {', '.join(agents) or 'none'}")
    # As Ctrl-C does it: what the installation started ends, and what it has written so far is removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tool = agents[wanted].install(version or None, lambda words: click.echo(words, err=True))
    if as_json:
        print_json({"name": wanted, "version": tool.version, "folder": str(tool.source)})
    else:
        click.echo(f"{wanted} {tool.version}: {tool.source}")
    return 0
