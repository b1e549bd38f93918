"""How {{ cookiecutter.title }} is mounted, started and understood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from awb_core.model import Outcome, Workflow
from awb_core.protocols import (
    AgentSession,
    Command,
    CommandResult,
    Mount,
    Tool,
    ToolState,
    Transcript,
)

VERSION = "0.1.0"
"""The version of the program; it says the same of itself."""
DEFAULT_MODEL = "gpt-4o"
PROGRAM = Path(__file__).with_name("program")
PLACE = "/opt/{{ cookiecutter.name }}"
"""Where the sandbox sees the program."""
KEEP_BYTES = 4 << 20


class {{ cookiecutter.class }}Adapter:
    """Runs the program in the sandbox, where it finds its model at the gateway and nothing else."""

    name = "{{ cookiecutter.name }}"
    summary = "{{ cookiecutter.title }}"
    privileged = False
    settings_schema: Mapping[str, Any] = {"type": "object", "additionalProperties": False}

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow of a model; whatever changes what the program does is in its identity."""
        model = argument or DEFAULT_MODEL
        program = (PROGRAM / "agent.py").read_bytes()
        identity = hashlib.sha256(program + f"\0{self.name}\0{model}".encode()).hexdigest()
        return Workflow(
            name=f"{self.name}:{model}",
            adapter=self.name,
            argument=model,
            identity=identity,
            model=model,
            factors={"harness": self.name, "model": model},
        )

    def state(self) -> ToolState:
        """Say which version is installed: the program is part of this distribution."""
        return ToolState(installed=VERSION, version=VERSION)

    def install(self, version: str | None, report: Callable[[str], None]) -> Tool:
        """Return the program; there is nothing to install."""
        return Tool(version=VERSION, source=PROGRAM)

    def upstream(self, workflow: Workflow) -> str:
        """Return the gateway's name of the provider that the program asks."""
        return "openai"

    def mounts(self, workflow: Workflow, report: Callable[[str], None]) -> tuple[Mount, ...]:
        """Return what the sandbox must see."""
        return (Mount(source=self.install(None, report).source, target=PLACE),)

    def run(self, session: AgentSession) -> Transcript:
        """Let the program work until it ends or its time is over."""
        if session.gateway is None:
            return Transcript(outcome=Outcome.INFRA_ERROR, note=f"{self.name} needs the gateway")
        env = {
            **session.workflow.env,
            "AGENT_BASE_URL": f"{session.gateway.url}/{self.upstream(session.workflow)}/v1",
            "AGENT_KEY": session.gateway.token,
            "AGENT_MODEL": session.workflow.model,
        }
        start = [session.sandbox.python, "-I", f"{PLACE}/agent.py"]
        said = session.sandbox.run(Command(argv=[*start, "--version"], env=env)).stdout
        result = session.sandbox.run(
            Command(
                argv=start,
                stdin=session.brief.instruction.encode(),
                env=env,
                seconds=session.brief.limits.agent_seconds,
                keep_bytes=KEEP_BYTES,
            )
        )
        return _transcript(result, said.decode(errors="replace").strip())


def _transcript(result: CommandResult, version: str) -> Transcript:
    """Say how it ended; whether it did its work is not for the adapter to say."""
    outcome, note = Outcome.FINISHED, ""
    if result.timed_out:
        outcome, note = Outcome.AGENT_TIMEOUT, "killed at its time limit"
    elif result.exit_code:
        outcome, note = Outcome.AGENT_ERROR, f"exit {result.exit_code}"
    return Transcript(
        outcome=outcome,
        note=note,
        exit_code=result.exit_code,
        output=result.stdout + result.stderr,
        version=version,
        claims=_claims(result.stdout),
    )


def _claims(output: bytes) -> Mapping[str, Any] | None:
    """Return the tokens that the program counted, which stand in its last line; they are compared, not believed."""
    try:
        last = json.loads(output.rstrip().rpartition(b"\n")[2])
        return {name: int(last[name]) for name in ("input_tokens", "output_tokens")}
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
