"""Any executable as a workflow: it is copied in and run in the workspace."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from awb_core.adapters.identity import make_workflow
from awb_core.errors import UsageError
from awb_core.model import Outcome, Workflow
from awb_core.protocols import AgentSession, Command, CommandResult, Transcript
from awb_core.scratch import scratch_folder
from awb_core.tree import digest_file


class CommandAdapter:
    """Runs one executable file; the instruction comes on stdin and in the file `$AWB_INSTRUCTION`."""

    name = "command"
    summary = "runs an executable in the workspace: command:./agent.sh"
    privileged = False

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow of an executable; its content is its identity."""
        path = Path(argument)
        if not argument or not path.is_file():
            message = f"command:{argument}: no such file; give the path of an executable"
            raise UsageError(message)
        if not os.access(path, os.X_OK):
            message = f"{argument} is not executable: chmod +x {argument}"
            raise UsageError(message)
        return make_workflow(
            self.name, str(path.resolve()), content=digest_file(path), name=f"command:{path.name}"
        )

    def run(self, session: AgentSession) -> Transcript:
        """Run the executable until it ends or its time is over."""
        with scratch_folder("command") as scratch:
            folder = Path(scratch)
            shutil.copy(session.workflow.argument, folder / "command")
            (folder / "command").chmod(0o755)
            (folder / "instruction.md").write_text(session.brief.instruction, "utf-8")
            session.sandbox.put(folder, hidden=True)
        hidden, limits = session.sandbox.hidden, session.brief.limits
        result = session.sandbox.run(
            Command(
                argv=[f"{hidden}/command"],
                stdin=session.brief.instruction.encode(),
                env={
                    "AWB_INSTRUCTION": f"{hidden}/instruction.md",
                    "AWB_TASK": session.brief.task,
                    "AWB_CPUS": f"{limits.cpus:g}",
                    "AWB_MEMORY_MB": str(limits.memory_mb),
                    "AWB_SECONDS": f"{limits.agent_seconds:g}",
                },
                seconds=limits.agent_seconds,
            )
        )
        return transcript_of(result)


def transcript_of(result: CommandResult) -> Transcript:
    """Say how a command that was the whole workflow ended."""
    outcome, note = Outcome.FINISHED, ""
    if result.timed_out:
        outcome, note = Outcome.AGENT_TIMEOUT, "killed at its time limit"
    elif result.flooded:
        outcome, note = Outcome.AGENT_ERROR, f"killed after {result.stdout_bytes} bytes of output"
    elif result.exit_code:
        outcome, note = Outcome.AGENT_ERROR, f"exit {result.exit_code}"
    if result.out_of_memory:
        note = (note + "; " if note else "") + "out of memory"
    return Transcript(
        outcome=outcome,
        note=note,
        exit_code=result.exit_code,
        output=result.stdout + (b"\n--- stderr ---\n" + result.stderr if result.stderr else b""),
    )
