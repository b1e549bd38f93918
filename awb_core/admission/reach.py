"""The rule of reach: nothing of the answer can be read from inside the sandbox that an agent gets."""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path

from awb_core.admission.leaks import is_most, new_lines
from awb_core.model import Task
from awb_core.oracles.judging import copy_injected
from awb_core.protocols import Command, SandboxProvider, SandboxSpec
from awb_core.sandbox.workspace import solved_workspace, starting_workspace
from awb_core.scratch import scratch_folder
from awb_core.tree import walk

SECONDS = 300.0


def find_in_sandbox(task: Task, provider: SandboxProvider) -> tuple[str, ...]:
    """Return where hidden files, or most lines of the canonical solution, can be read.

    Workspace, HOME, environment, system, caches, variables and commands of other processes are searched.

    Raises:
        AwbError: the workspace or the sandbox cannot be made.
    """
    start, solved = starting_workspace(task), solved_workspace(task, "canonical")
    lines = [line.encode() for line in new_lines(start, solved)]
    digests = {_digest(line) for line in lines}
    files = _hidden_files(task, start)
    spec = SandboxSpec(
        run="check",
        trial=f"reach-{task.id}",
        phase="agent",
        environment=task.environment,
        limits=task.limits,
        seconds=SECONDS + 60,
    )
    with scratch_folder("reach") as scratch, provider.open(spec) as sandbox:
        copy_injected(Path(scratch), "awb_reach.py")
        sandbox.put(start)
        sandbox.put(Path(scratch), hidden=True)
        request = {
            "lines": sorted(digests),
            "sums": sorted({zlib.crc32(line) for line in lines}),
            "files": sorted(files),
            "sizes": sorted({*files.values()}),
            "yranac": task.canary[::-1],
            "work": [f"{sandbox.workspace}/{name}" for name in walk(start)],
        }
        result = sandbox.run(
            Command(
                argv=[sandbox.python, "-I", "-B", f"{sandbox.hidden}/awb_reach.py"],
                stdin=json.dumps(request).encode(),
                seconds=SECONDS,
                keep_bytes=16 << 20,
            )
        )
    try:
        reply = json.loads(result.stdout)
    except ValueError:
        words = result.stderr[-500:].decode(errors="replace")
        return (f"the sandbox could not be searched: exit {result.exit_code} {words}",)
    problems = [f"reach: {path} carries the task's canary" for path in reply["canary"]]
    problems += [f"reach: {path} is a hidden file" for path in reply["files"]]
    problems += [
        f"reach: {len(seen)} of {len(lines)} new lines of the canonical solution stand in {path}"
        for path, seen in reply["seen"].items()
        if is_most(set(seen), digests)
    ]
    return tuple(problems)


def _hidden_files(task: Task, start: Path) -> dict[str, int]:
    """Return digests, and sizes, of hidden files that are not part of the start as well."""
    given = {_digest((start / name).read_bytes()) for name in walk(start)}
    found = {}
    for folder in ("tests", "solution", "mutants"):
        if (task.root / folder).is_dir():
            for name in walk(task.root / folder):
                data = (task.root / folder / name).read_bytes()
                if len(data) > 64:
                    found[_digest(data)] = len(data)
    return {digest: size for digest, size in found.items() if digest not in given}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
