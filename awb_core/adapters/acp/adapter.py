"""Runs any agent that speaks the Agent Client Protocol, with a client beside it in the sandbox.

The sandbox runs a command to its end, so the one that speaks with the agent has to be inside: a script of the standard
library that starts the agent, sends it the instruction, allows what it asks for, and reports.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from awb_core.adapters.acp.known import KNOWN, KnownAgent
from awb_core.adapters.acp.report import read_report
from awb_core.adapters.acp.settings import SETTINGS_SCHEMA, START_SECONDS
from awb_core.adapters.agent import KEEP_BYTES, MODEL, PLACE, AgentAdapter, environment
from awb_core.adapters.agents.home import lay_out
from awb_core.adapters.agents.spec import Launch, LaunchContext, choose_route
from awb_core.adapters.command import transcript_of
from awb_core.adapters.identity import make_workflow
from awb_core.errors import UsageError
from awb_core.model import Outcome, Workflow, digest_of
from awb_core.protocols import (
    AgentSession,
    Command,
    GatewayAccess,
    Mount,
    Sandbox,
    Tool,
    ToolState,
    Transcript,
)
from awb_core.resources import injected
from awb_core.scratch import scratch_folder
from awb_core.validation import did_you_mean
from awb_core.workflow_file import identity

CLIENT = ("awb_acp.py", "awb_acp_pipe.py")
"""The client, its program first."""

FOLDER = "acp"
"""Where the client lies below the hidden folder."""


class AcpAdapter:
    """Reaches any agent that speaks the Agent Client Protocol."""

    name = "acp"
    summary = "any agent that speaks the Agent Client Protocol: acp:opencode, or a workflow file with a command"
    privileged = False
    settings_schema: Mapping[str, Any] = SETTINGS_SCHEMA

    def __init__(self) -> None:
        self._agents = {name: AgentAdapter(known.spec) for name, known in KNOWN.items()}

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow of `AGENT`, `AGENT:MODEL`, or of a model whose agent the settings name.

        Raises:
            UsageError: that names no model, or is no name of one.
        """
        agent, _, model = argument.partition(":")
        if agent not in KNOWN:
            return self._base(argument)
        base = self._base(model or KNOWN[agent].spec.default_model)
        name = f"{self.name}:{argument}"
        named = replace(base, name=name, argument=argument, settings={"agent": agent})
        return replace(named, identity=identity(base, named))

    def state(self) -> ToolState:
        """Say that the client is there: it is a part of this package, and agents are installed when they are used."""
        return ToolState(installed=_own_version())

    def install(self, version: str | None, report: Callable[[str], None]) -> Tool:
        """Return the client.

        Raises:
            UsageError: another version of it is wanted.
        """
        if version not in (None, _own_version()):
            message = f"{self.name} is part of awb-core; install an agent: {', '.join(KNOWN)}"
            raise UsageError(message)
        return Tool(version=_own_version(), source=injected(CLIENT[0]))

    def upstream(self, workflow: Workflow) -> str:
        """Return the gateway's name of the provider that the workflow asks.

        Raises:
            UsageError: it names no agent, or the agent cannot speak to that provider.
        """
        known, settings = _known(workflow), workflow.settings
        if known is not None:
            return choose_route(
                known.spec, workflow.model, settings.get("options", {})
            ).wire.upstream
        if "command" not in settings:
            near = did_you_mean(workflow.argument.partition(":")[0], KNOWN)
            message = (
                f"{workflow.name}: which agent{near}? {self.name}:AGENT[:MODEL] with one of"
                f" {', '.join(KNOWN)}, or a workflow file with the setting `agent` or `command`"
            )
            raise UsageError(message)
        return str(settings["upstream"])

    def mounts(self, workflow: Workflow, report: Callable[[str], None]) -> tuple[Mount, ...]:
        """Install the agent unless it is cached, or a command of the workflow's own.

        Raises:
            EnvironmentFailed: it cannot be installed.
        """
        known = _known(workflow)
        if known is None:
            return ()
        inner = replace(workflow, settings=workflow.settings.get("options", {}))
        return self._agents[known.spec.name].mounts(inner, report)

    def stop(self) -> None:
        """End an installation that is under way."""
        for agent in self._agents.values():
            agent.stop()

    def run(self, session: AgentSession) -> Transcript:
        """Let the agent work until it ends its turn or its time is over."""
        if session.gateway is None:
            return Transcript(outcome=Outcome.INFRA_ERROR, note=f"{self.name} needs the gateway")
        sandbox = session.sandbox
        launch = self._launch(session, session.gateway)
        if launch.home_files:
            lay_out(sandbox, launch.home_files, session.workflow.overlay)
        result = sandbox.run(
            Command(
                # Without -P its second half is found beside it, in a folder that nobody can write to.
                argv=(sandbox.python, "-E", "-s", "-B", _put_client(sandbox)),
                stdin=_job(session, launch),
                env=environment(launch, session.workflow, session.gateway),
                seconds=session.brief.limits.agent_seconds,
                keep_bytes=KEEP_BYTES,
            )
        )
        report, transcript = read_report(result.stdout), transcript_of(result)
        if report.note and not (result.timed_out or result.flooded or result.out_of_memory):
            transcript = replace(transcript, outcome=Outcome.AGENT_ERROR, note=report.note)
        claims = report.claims.as_mapping()
        return replace(transcript, version=report.version, claims=claims)

    def _base(self, model: str) -> Workflow:
        if not MODEL.fullmatch(model):
            what = f"{self.name}:{model}: not a model's name" if model else f"{self.name}: no model"
            message = (
                f"{what}; give {self.name}:AGENT[:MODEL] with one of {', '.join(KNOWN)}, or the"
                " `model` in a workflow file"
            )
            raise UsageError(message)
        pins = [asdict(known.spec.install) for known in KNOWN.values()]
        base = make_workflow(self.name, model, content=digest_of([pins, model]))
        return replace(base, model=model, factors={"harness": self.name, "model": model})

    def _launch(self, session: AgentSession, access: GatewayAccess) -> Launch:
        known = _known(session.workflow)
        if known is None:
            return self._launch_command(session, access)
        options = session.workflow.settings.get("options", {})
        route = choose_route(known.spec, session.workflow.model, options)
        context = LaunchContext(
            instruction=session.brief.instruction,
            model=route.model,
            settings=options,
            wire=route.wire,
            gateway_url=access.url,
            token=access.token,
            home=session.sandbox.home,
            workspace=session.sandbox.workspace,
            agent_root=PLACE,
            program=(f"{PLACE}/bin/{known.spec.install.command}",),
            max_seconds=session.brief.limits.agent_seconds,
        )
        return known.launch(context)

    def _launch_command(self, session: AgentSession, access: GatewayAccess) -> Launch:
        settings, model = session.workflow.settings, session.workflow.model
        upstream = settings["upstream"]
        path = settings.get("base_path", "/v1" if upstream == "openai" else "")
        values = {
            "base_url": f"{access.url}/{upstream}{path}",
            "token": access.token,
            "model": model,
        }
        env = {f"AWB_{name.upper()}": value for name, value in values.items()}
        env |= {
            settings[f"{name}_variable"]: value
            for name, value in values.items()
            if f"{name}_variable" in settings
        }
        home = session.sandbox.home
        argv = tuple(f"{home}{w[1:]}" if w.startswith("~/") else w for w in settings["command"])
        return Launch(argv=argv, env=env)


def _known(workflow: Workflow) -> KnownAgent | None:
    return KNOWN.get(workflow.settings.get("agent", ""))


def _put_client(sandbox: Sandbox) -> str:
    """Lay the client into the hidden folder and return its path inside."""
    with scratch_folder("acp") as scratch:
        folder = Path(scratch, FOLDER)
        folder.mkdir()
        # In a container another user reads it.
        folder.chmod(0o755)
        for name in CLIENT:
            shutil.copy(injected(name), folder)
            (folder / name).chmod(0o644)
        sandbox.put(Path(scratch), hidden=True)
    return f"{sandbox.hidden}/{FOLDER}/{CLIENT[0]}"


def _job(session: AgentSession, launch: Launch) -> bytes:
    """Return what the client is told on its standard input."""
    settings = session.workflow.settings
    job = {
        "command": list(launch.argv),
        "folder": session.sandbox.workspace,
        "instruction": session.brief.instruction,
        "start_seconds": settings.get("start_seconds", START_SECONDS),
        "version": _own_version(),
        "auth_method": settings.get("auth_method", ""),
        "mode": settings.get("mode", ""),
    }
    return json.dumps(job).encode()


def _own_version() -> str:
    try:
        return version("awb-core")
    except PackageNotFoundError:
        return "unknown"
