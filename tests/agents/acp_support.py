"""What the tests of the Agent Client Protocol share."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from agents.support import GATEWAY, TOKEN

from awb_core.adapters.acp import AcpAdapter
from awb_core.model import Brief, Limits
from awb_core.protocols import AgentSession, CommandResult, GatewayAccess

ACCESS = GatewayAccess(url=GATEWAY, token=TOKEN)
ODD = Path(__file__).with_name("acp_odd_agent.py")
SDK = Path(__file__).with_name("acp_sdk_agent.py")


class HostSandbox:
    """Runs commands on this host: the protocol needs no isolation to be tested."""

    gateway_url = "http://127.0.0.1:8080"
    python = sys.executable

    def __init__(self, root):
        self.commands = []
        for name in ("workspace", "hidden", "home"):
            (root / name).mkdir()
            setattr(self, name, str(root / name))

    def put(self, source, *, hidden=False):
        assert hidden
        shutil.copytree(source, self.hidden, dirs_exist_ok=True)

    def run(self, command):
        self.commands.append(command)
        try:
            done = subprocess.run(
                command.argv,
                cwd=self.workspace,
                input=command.stdin,
                capture_output=True,
                env={"PATH": os.environ["PATH"], "HOME": self.home, **command.env},
                timeout=command.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            out = late.stdout or b""
            return CommandResult(exit_code=137, stdout=out, stdout_bytes=len(out), timed_out=True)
        return CommandResult(
            exit_code=done.returncode,
            stdout=done.stdout,
            stderr=done.stderr,
            stdout_bytes=len(done.stdout),
        )


def run(root, settings, *, seconds=20, instruction="Mend it.", model="gpt-4o", **changes):
    """Let an agent work on this host; return its transcript and the sandbox."""
    adapter, sandbox = AcpAdapter(), HostSandbox(root)
    session = AgentSession(
        brief=Brief(task="t", instruction=instruction, limits=Limits(agent_seconds=seconds)),
        workflow=replace(adapter.workflow(model), settings=settings, **changes),
        sandbox=sandbox,
        start=Path("/nowhere"),
        gateway=ACCESS,
    )
    return adapter.run(session), sandbox


def command(script, *arguments, **settings):
    """Return the settings of an agent that is a script."""
    return {"command": [sys.executable, str(script), *arguments], "upstream": "openai", **settings}


def events(transcript):
    """Return what the client reported."""
    lines = transcript.output.partition(b"\n--- stderr ---\n")[0].splitlines()
    return [json.loads(line) for line in lines]


def said(transcript):
    """Return the agent's messages."""
    return "".join(event["text"] for event in events(transcript) if event["type"] == "message")
