"""A person as a workflow: a shell in a copy of the workspace, timed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from awb_core.adapters.identity import make_workflow
from awb_core.errors import SandboxFailed
from awb_core.model import Outcome, Workflow
from awb_core.protocols import AgentSession, Command, Transcript


class HumanAdapter:
    """Opens `$SHELL`; when it ends, the workspace is taken as it stands. Give a name to tell people apart."""

    name = "human"
    summary = "opens a shell and times the person: human:ada"
    privileged = False

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow of one person."""
        return make_workflow(self.name, argument)

    def run(self, session: AgentSession) -> Transcript:
        """Let the person work; needs a terminal."""
        if not sys.stdin.isatty():
            raise SandboxFailed("the adapter 'human' needs a terminal, and --jobs 1")
        with tempfile.TemporaryDirectory(prefix="awb-human-") as scratch:
            work = Path(scratch, "work")
            shutil.copytree(session.start, work, symlinks=True)
            sys.stderr.write(f"\n{session.brief.instruction}\n\nWorkspace: {work}\n")
            sys.stderr.write("Leave the shell (exit) when you are done.\n")
            try:
                done = subprocess.run(
                    [os.environ.get("SHELL", "/bin/sh")],
                    cwd=work,
                    check=False,
                    timeout=session.brief.limits.agent_seconds,
                )
                outcome = Outcome.FINISHED if done.returncode == 0 else Outcome.AGENT_ERROR
                code: int | None = done.returncode
            except subprocess.TimeoutExpired:
                outcome, code = Outcome.AGENT_TIMEOUT, None
            session.sandbox.run(Command(argv=["find", ".", "-mindepth", "1", "-delete"]))
            session.sandbox.put(work)
        return Transcript(outcome=outcome, exit_code=code)
