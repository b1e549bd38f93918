"""The adapter `loop`: runs a small agent, which asks its model through the gateway."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from awb_core.model import Outcome, Workflow, digest_of
from awb_core.protocols import (
    AgentSession,
    Command,
    CommandResult,
    Mount,
    Tool,
    ToolState,
    Transcript,
)

AGENT = Path(__file__).parent / "agent"
"""The folder of the agent's program; it comes with this package, so there is nothing to install."""

PLACE = "/opt/loop"
VERSION = "0.3.0"


class LoopAdapter:
    """Runs `agent.py` with the environment's Python."""

    name = "loop"
    summary = "a loop over an OpenAI chat model"
    privileged = False
    settings_schema: Mapping[str, Any] = MappingProxyType(
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "turns": {"type": "integer", "minimum": 1, "description": "Most turns."}
            },
        }
    )

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow of a model."""
        model = argument or "gpt-4o"
        parts = {"adapter": self.name, "model": model, "version": VERSION}
        return Workflow(
            name=f"{self.name}:{model}",
            adapter=self.name,
            argument=argument,
            identity=digest_of(parts),
            factors={"harness": self.name, "model": model},
            model=model,
        )

    def state(self) -> ToolState:
        """The agent is part of this package."""
        return ToolState(installed=VERSION, version=VERSION)

    def install(self, version: str | None, report: Callable[[str], None]) -> Tool:
        """Nothing is to be done."""
        del version, report
        return Tool(version=VERSION, source=AGENT)

    def upstream(self, workflow: Workflow) -> str:
        """It speaks OpenAI's protocol."""
        del workflow
        return "openai"

    def mounts(self, workflow: Workflow, report: Callable[[str], None]) -> tuple[Mount, ...]:
        """Show the agent to the sandbox."""
        del workflow, report
        return (Mount(source=AGENT, target=PLACE),)

    def run(self, session: AgentSession) -> Transcript:
        """Let the agent work."""
        assert session.gateway is not None
        settings = session.workflow.settings
        agent = [session.sandbox.python, "-I", f"{PLACE}/agent.py"]
        result = session.sandbox.run(
            Command(
                argv=[*agent, session.workflow.model, str(settings.get("turns", 10_000))],
                stdin=session.brief.instruction.encode(),
                env={
                    **session.workflow.env,
                    "LOOP_URL": f"{session.gateway.url}/openai/v1/chat/completions",
                    "LOOP_KEY": session.gateway.token,
                },
                seconds=session.brief.limits.agent_seconds,
                keep_bytes=1 << 20,
            )
        )
        return Transcript(
            outcome=_outcome(result),
            exit_code=result.exit_code,
            output=result.stdout + result.stderr,
            version=version("awb-adapter-fixture"),
        )


def _outcome(result: CommandResult) -> Outcome:
    if result.timed_out:
        return Outcome.AGENT_TIMEOUT
    return Outcome.AGENT_ERROR if result.exit_code else Outcome.FINISHED
