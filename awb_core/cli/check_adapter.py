"""`awb check-adapter`: prove that an adapter behaves."""

from __future__ import annotations

from dataclasses import asdict

import click

from awb_core.cli.common import default_sandbox, json_option, print_json
from awb_core.cli.workflows import one_workflow
from awb_core.errors import SandboxUnavailable, UsageError
from awb_core.protocols import ModelAdapter
from awb_core.registry import discover
from awb_core.testing import adapters
from awb_core.validation import did_you_mean


@click.command(
    "check-adapter",
    epilog="""\b
Examples:
  awb check-adapter codex
  awb check-adapter claude-code:claude-sonnet-4-5 --sandbox local --json
  awb check-adapter workflows/our-agent.toml""",
)
@click.argument("name", metavar="NAME[:MODEL]|FILE[#NAME]")
@click.option("--sandbox", help="docker or local; docker where a daemon answers.")
@json_option
def check_adapter(name: str, sandbox: str | None, as_json: bool) -> int:
    """Let an agent work with a scripted model, and look at how its adapter behaves.

    No key and no network is needed, but for the installation. The agent is installed unless it is
    cached, solves a small task in the sandbox, and meets errors, silence, limits and its own end.
    """
    registry = discover()
    wanted, _, argument = name.partition(":")
    workflow = one_workflow(registry, name) if ".toml" in name else None
    wanted = workflow.adapter if workflow else wanted
    agents = {key: a for key, a in registry.adapters.items() if isinstance(a, ModelAdapter)}
    if wanted not in agents:
        near = did_you_mean(wanted, agents)
        raise UsageError(f"no agent {wanted!r}{near}; known are: {', '.join(agents) or 'none'}")
    kind = default_sandbox(registry, sandbox)
    provider = registry.sandbox(kind)
    status = provider.probe()
    if not status.available:
        raise SandboxUnavailable(f"sandbox {kind}: {status.summary}; {status.fix}")
    provider.reap()
    found = adapters.check_adapter(
        agents[wanted],
        provider,
        report=lambda finding: click.echo(_line(finding), err=as_json),
        argument=argument,
        workflow=workflow,
    )
    holds = all(finding.holds for finding in found)
    if as_json:
        findings = [asdict(finding) for finding in found]
        print_json({"adapter": wanted, "sandbox": kind, "holds": holds, "findings": findings})
    return 0 if holds else 1


def _line(finding: adapters.Finding) -> str:
    verdict = "FAILED" if not finding.holds else "ok" if finding.observed else "-"
    detail = " ".join(finding.detail.split())
    return f"{finding.name:<15} {verdict:<7} {finding.seconds:6.1f} s  {detail}".rstrip()
