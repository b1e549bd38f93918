"""Any agent that is described as data, as a workflow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from awb_core.adapters.agents.home import collect, lay_out
from awb_core.adapters.agents.spec import AgentSpec, Launch, LaunchContext, choose_route
from awb_core.adapters.command import transcript_of
from awb_core.adapters.identity import make_workflow
from awb_core.adapters.install import install_agent, installed_agent, missing
from awb_core.errors import EnvironmentFailed, SandboxFailed, UsageError
from awb_core.model import Outcome, Workflow, digest_of
from awb_core.protocols import (
    AgentSession,
    Command,
    CommandResult,
    GatewayAccess,
    Mount,
    Sandbox,
    Tool,
    ToolState,
    Transcript,
)
from awb_core.sandbox.environment import Running, kill_tree

PLACE = "/opt/agent"
"""Where the sandbox sees the installation."""

KEEP_BYTES = 4 << 20
"""How much of each output stream is kept for the report that is in it."""

PROBE_SECONDS = 120.0
MAX_INSTRUCTION = 120_000
"""One word of a command line may have 128 KiB."""

MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]*")
VERSION = re.compile(rb"\d+\.\d+(?:[.+-]?[0-9A-Za-z]+)*")

COMMON: Mapping[str, str] = {"TERM": "dumb", "NO_COLOR": "1", "DO_NOT_TRACK": "1"}


class AgentAdapter:
    """Runs a coding agent's own program against the gateway."""

    privileged = False

    def __init__(self, spec: AgentSpec) -> None:
        self.spec = spec
        self.name = spec.name
        self.summary = spec.summary
        self.settings_schema: Mapping[str, Any] = spec.settings_schema
        self._installing: Running = set()

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow of a model, the agent's default if none is named.

        Raises:
            UsageError: that is no name of a model.
        """
        model = argument or self.spec.default_model
        if not MODEL.fullmatch(model):
            raise UsageError(f"{self.name}:{model}: not a model's name")
        # The same model has the same identity, whether it is named or the default.
        tool = digest_of([asdict(self.spec.install), model])
        base = make_workflow(self.name, model, content=tool)
        return replace(base, model=model, factors={"harness": self.name, "model": model})

    def state(self) -> ToolState:
        """Say whether the agent is installed in its tested version, and what this host lacks for it."""
        installed = installed_agent(self.spec)
        return ToolState(
            installed=installed.version if installed else "",
            version=self.spec.install.version,
            fix=missing(self.spec),
        )

    def install(self, version: str | None, report: Callable[[str], None]) -> Tool:
        """Install the agent unless it is cached.

        Raises:
            EnvironmentFailed: it cannot be installed.
        """
        installed = install_agent(self.spec, version, report, self._installing)
        return Tool(version=installed.version, source=installed.root)

    def stop(self) -> None:
        """End an installation that is under way; used when a run is interrupted."""
        for process in list(self._installing):
            kill_tree(process)

    def upstream(self, workflow: Workflow) -> str:
        """Return the gateway's name of the provider that the workflow asks.

        Raises:
            UsageError: the agent cannot speak to it.
        """
        return choose_route(self.spec, workflow.model, workflow.settings).wire.upstream

    def mounts(self, workflow: Workflow, report: Callable[[str], None]) -> tuple[Mount, ...]:
        """Install the agent unless it is cached.

        Raises:
            EnvironmentFailed: it cannot be installed.
        """
        tool = self.install(workflow.settings.get("version"), report)
        return (Mount(source=tool.source, target=PLACE),)

    def run(self, session: AgentSession) -> Transcript:
        """Let the agent work until it ends or its time is over."""
        if session.gateway is None:
            return Transcript(outcome=Outcome.INFRA_ERROR, note=f"{self.name} needs the gateway")
        launch = self.spec.launch(self._context(session, session.gateway))
        env = environment(launch, session.workflow, session.gateway)
        if launch.home_files:
            lay_out(session.sandbox, launch.home_files, session.workflow.overlay)
        version = self._version(session.sandbox, env)
        result = session.sandbox.run(
            Command(
                argv=launch.argv,
                stdin=launch.stdin,
                env=env,
                seconds=session.brief.limits.agent_seconds,
                keep_bytes=KEEP_BYTES,
            )
        )
        return self._transcript(result, collect(session.sandbox, self.spec.collect), version)

    @property
    def _program(self) -> tuple[str, ...]:
        return (f"{PLACE}/bin/{self.spec.install.command}",)

    def _context(self, session: AgentSession, access: GatewayAccess) -> LaunchContext:
        route = choose_route(self.spec, session.workflow.model, session.workflow.settings)
        return LaunchContext(
            instruction=_as_word(session.brief.instruction),
            model=route.model,
            settings=session.workflow.settings,
            wire=route.wire,
            gateway_url=access.url,
            token=access.token,
            home=session.sandbox.home,
            workspace=session.sandbox.workspace,
            agent_root=PLACE,
            program=self._program,
            max_seconds=session.brief.limits.agent_seconds,
        )

    def _version(self, sandbox: Sandbox, env: Mapping[str, str]) -> str:
        """Ask the agent for its version, which shows that it can run here; empty if it does not say.

        Raises:
            EnvironmentFailed: it cannot run here, which is not the workflow's fault.
        """
        argv = [*self._program, *self.spec.version_argv]
        result = sandbox.run(
            Command(argv=argv, env=env, seconds=PROBE_SECONDS, keep_bytes=64 << 10)
        )
        if result.exit_code:
            words = (result.stderr or result.stdout).decode("utf-8", errors="replace").strip()
            message = (
                f"{self.spec.title} does not start in this sandbox: exit {result.exit_code}:"
                f" {words[-500:]}"
            )
            raise EnvironmentFailed(message)
        found = VERSION.search(result.stdout)
        return found[0].decode("ascii") if found else ""

    def _transcript(
        self, result: CommandResult, files: Mapping[str, bytes], version: str
    ) -> Transcript:
        """Say how the process ended, and what the agent says beside that."""
        transcript = transcript_of(result)
        claims = self.spec.parse(result.stdout, files)
        if result.stdout_bytes > len(result.stdout):
            words = "the middle of its output was dropped"
            claims = replace(claims, problems=(*claims.problems, words))
        note = transcript.note
        if note and claims.error:
            note = f"{note}; it says: {claims.error[:300]}"
        return replace(transcript, note=note, version=version, claims=claims.as_mapping())


def _as_word(instruction: str) -> str:
    """Return an instruction as a word of a command line that no tool takes for an option.

    Raises:
        SandboxFailed: it is too long for one.
    """
    if len(instruction.encode()) > MAX_INSTRUCTION:
        raise SandboxFailed("the instruction is longer than a word of a command line can be")
    return f"\n{instruction}" if instruction.startswith("-") else instruction


def environment(launch: Launch, workflow: Workflow, access: GatewayAccess) -> dict[str, str]:
    """Return the agent's variables: the workflow's replace ours, but for those that lead to the gateway."""
    fixed = {
        name: value
        for name, value in launch.env.items()
        if access.url in value or access.token in value
    }
    return {**COMMON, **launch.env, **workflow.env, **fixed}
