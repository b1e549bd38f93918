"""An adapter as a third party would write it, and what may be wrong with it."""

import json
import subprocess
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

from awb_core.model import Outcome, Workflow
from awb_core.protocols import Command, Mount, Tool, ToolState, Transcript

AGENT = Path(__file__).with_name("tiny_agent.py")
PLACE = "/opt/tiny"


class TinyAdapter:
    """Runs the tiny agent."""

    name = "tiny"
    summary = "a tiny agent"
    privileged = False
    settings_schema = MappingProxyType({"type": "object"})

    def __init__(self, folder, fault=""):
        self.folder = folder
        self.fault = fault
        self.started = []
        if fault == "raises on reports":
            self.spec = SimpleNamespace(parse=lambda out, files: json.loads(out), collect=())

    def workflow(self, argument):
        return Workflow(name="tiny", adapter="tiny", argument=argument, model="gpt-4o")

    def state(self):
        return ToolState(installed="1.2.3", version="1.2.3")

    def install(self, version, report):
        (self.folder / "agent.py").write_text(AGENT.read_text())
        # In a container another user reads it.
        self.folder.chmod(0o755)
        return Tool(version="1.2.4" if self.fault == "other tool" else "1.2.3", source=self.folder)

    def upstream(self, workflow):
        return "gemini" if self.fault == "other upstream" else "openai"

    def mounts(self, workflow, report):
        return (Mount(source=self.install(None, report).source, target=PLACE),)

    def run(self, session):
        env = {
            "TINY_BASE_URL": f"{session.gateway.url}/openai",
            "TINY_KEY": session.gateway.token,
            "TINY_FAULT": self.fault,
        }
        argv = [session.sandbox.python, f"{PLACE}/agent.py"]
        if self.fault == "starts on the host":
            self.started.append(subprocess.Popen(["sleep", "60"], start_new_session=True))
        probe = session.sandbox.run(Command(argv=[*argv, "--version"], env=env))
        seconds = session.brief.limits.agent_seconds
        result = session.sandbox.run(
            Command(
                argv=argv,
                stdin=session.brief.instruction.encode(),
                env=env,
                seconds=3600 if self.fault == "ignores limits" else seconds,
                keep_bytes=64 << 20 if self.fault == "floods" else 1 << 20,
            )
        )
        if self.fault == "raises when killed" and result.exit_code == 137 and not result.timed_out:
            raise ValueError("killed")
        return self._transcript(result, probe.stdout.decode().strip())

    def _transcript(self, result, version):
        outcome = Outcome.FINISHED
        if result.timed_out:
            outcome = Outcome.AGENT_TIMEOUT
        elif result.exit_code:
            outcome = Outcome.AGENT_ERROR
            if self.fault == "decides itself":
                outcome = Outcome.INFRA_ERROR
        last = result.stdout.rstrip().rpartition(b"\n")[2]
        claims = json.loads(last) if last.startswith(b'{"input') else {}
        return Transcript(
            outcome=outcome,
            exit_code=result.exit_code,
            output=result.stdout + result.stderr,
            version=version,
            claims={f"{name}_tokens": value for name, value in claims.items()},
        )
