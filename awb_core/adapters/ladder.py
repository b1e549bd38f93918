"""Workflows that need no model: `noop` does nothing, `reference` delivers a reference solution."""

from __future__ import annotations

import shutil
from pathlib import Path

from awb_core.adapters.identity import make_workflow, no_argument
from awb_core.errors import SandboxFailed
from awb_core.model import Outcome, Workflow
from awb_core.protocols import AgentSession, Command, Transcript
from awb_core.scratch import scratch_folder
from awb_core.tree import digest_file, walk


class NoopAdapter:
    """Leaves the workspace as it is: the floor of every score."""

    name = "noop"
    summary = "does nothing; the floor of every score"
    privileged = False

    def workflow(self, argument: str) -> Workflow:
        """Return the only workflow of this adapter."""
        no_argument(self.name, argument)
        return make_workflow(self.name)

    def run(self, session: AgentSession) -> Transcript:
        """Do nothing."""
        return Transcript()


class ReferenceAdapter:
    """Delivers a rung of the task's ladder, `canonical` unless another is named."""

    name = "reference"
    summary = (
        "delivers a reference solution: reference:partial, reference:minimal, reference:canonical"
    )
    privileged = True

    def workflow(self, argument: str) -> Workflow:
        """Return the workflow that delivers a rung."""
        return make_workflow(self.name, argument or "canonical")

    def run(self, session: AgentSession) -> Transcript:
        """Replace what differs between the starting workspace and the solved one."""
        if session.solution is None:
            return Transcript(outcome=Outcome.INFRA_ERROR, note="no reference solutions at hand")
        solved = session.solution(session.workflow.argument)
        removed = sorted(set(walk(session.start)) - set(walk(solved)))
        with scratch_folder("rung") as scratch:
            changed = _changed(session.start, solved, Path(scratch))
            session.sandbox.put(changed)
        for name in range(0, len(removed), 500):
            argv = ["rm", "-f", "--", *removed[name : name + 500]]
            result = session.sandbox.run(Command(argv=argv))
            if result.exit_code:
                raise SandboxFailed(f"rm failed: {result.stderr.decode(errors='replace')}")
        return Transcript(exit_code=0)


def _changed(start: Path, solved: Path, target: Path) -> Path:
    """Lay out the files that are new or differ."""
    for name in walk(solved):
        before, after = start / name, solved / name
        if before.is_file() and _same(before, after):
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(after, target / name)
    return target


def _same(before: Path, after: Path) -> bool:
    one, two = before.stat(), after.stat()
    return (
        one.st_size == two.st_size
        and one.st_mode & 0o111 == two.st_mode & 0o111
        and digest_file(before) == digest_file(after)
    )
