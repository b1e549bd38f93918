"""Run the tests of a tree in a sandbox, by the same means as the `pytest` oracle."""

from __future__ import annotations

import json
import posixpath
import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from awb_core.errors import AwbError
from awb_core.model import Environment, Limits
from awb_core.oracles.judging import STARTER, copy_injected
from awb_core.protocols import Command, CommandResult, Sandbox, SandboxProvider, SandboxSpec
from awb_core.sandbox.workspace import copy_tree
from awb_core.scaffold.mining.repository import Tree, write_tree

SUITE = "suite"
"""The folder of the hidden tests, in `tests/`."""
LAID = ".awb_suite"
"""Where the oracle lays it, in the workspace."""
SECONDS = 900.0


PLAIN = (
    "import sys, pytest; sys.path[:0] = sys.argv[1].split(':'); sys.exit(pytest.main(sys.argv[2:]))"
)
"""Runs pytest so that a person can read what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What the tests of a tree came to."""

    passed: frozenset[str]
    reported: frozenset[str]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs tests with one environment."""

    provider: SandboxProvider
    environment: Environment
    path: tuple[str, ...]
    """Import path in the workspace."""
    arguments: tuple[str, ...] = ()
    """Further arguments of pytest."""

    def suite(self, tree: Tree, suite: Path, *, order: int = 0) -> Ran:
        """Run the hidden suite on a tree; ids are those that the oracle expects."""
        place = f"{LAID}/{SUITE}"
        return self._report(tree, [place], place, suite, order)

    def own(self, tree: Tree, tests: Sequence[str], *, order: int = 0) -> Ran:
        """Run test files of the tree itself."""
        folders = [posixpath.dirname(test) or "." for test in tests]
        return self._report(tree, tests, posixpath.commonpath(folders) or ".", None, order)

    def words(self, tree: Tree, suite: Path) -> str:
        """Return the end of what pytest says of the hidden suite on a tree."""
        options = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir=.", "--tb=short"]
        code = ["-I", "-B", "-c", PLAIN, ":".join(self.path)]
        arguments = [*code, *options, *self.arguments, f"{LAID}/{SUITE}"]
        done = self._run(tree, suite, lambda box: [box.python, *arguments])
        return (done.stdout + done.stderr)[-2000:].decode(errors="replace").strip()

    def _report(
        self, tree: Tree, tests: Sequence[str], confcut: str, suite: Path | None, order: int
    ) -> Ran:
        canary = f"test_{secrets.token_hex(8)}"
        config = {
            "tests": list(tests),
            "path": list(self.path),
            "args": list(self.arguments),
            "canary": canary,
            "twins": {},
            "order": order,
            "confcut": confcut,
        }
        start = ["-I", "-B", "-c", STARTER]
        result = self._run(
            tree,
            suite,
            lambda box: [box.python, *start, box.hidden, "awb_pytest.py"],
            json.dumps(config).encode(),
        )
        return _ran(result, canary)

    def _run(
        self,
        tree: Tree,
        suite: Path | None,
        argv: Callable[[Sandbox], Sequence[str]],
        stdin: bytes = b"",
    ) -> CommandResult:
        """Run a command in a sandbox that holds a tree and, beside it, the hidden suite."""
        spec = SandboxSpec(
            run="new-task",
            trial=f"new-task-{secrets.token_hex(4)}",
            phase="verify",
            environment=self.environment,
            limits=Limits(verify_seconds=SECONDS),
            seconds=SECONDS + 60,
        )
        with tempfile.TemporaryDirectory(prefix="awb-new-") as scratch:
            work, hidden = Path(scratch) / "work", Path(scratch) / "hidden"
            write_tree(tree, work)
            if suite is not None:
                copy_tree(suite, work / LAID / SUITE)
            copy_injected(hidden, "awb_pytest.py")
            with self.provider.open(spec) as sandbox:
                sandbox.put(work)
                sandbox.put(hidden, hidden=True)
                command = Command(
                    argv=argv(sandbox),
                    stdin=stdin,
                    seconds=SECONDS,
                    keep_bytes=32 << 20,
                )
                return sandbox.run(command)


def _ran(result: CommandResult, canary: str) -> Ran:
    ready, _, answer = result.stdout.partition(b"\n")
    if ready != b'{"ready": true}':
        words = result.stderr[-2000:].decode(errors="replace").strip()
        raise AwbError(f"the tests could not be started: exit {result.exit_code}\n{words}")
    try:
        lines: list[Mapping[str, str]] = [json.loads(line) for line in json.loads(answer)["lines"]]
    except (ValueError, KeyError, TypeError):
        lines = []
    outcomes = {
        line["id"].removeprefix(f"{LAID}/"): line["outcome"]
        for line in lines
        if "id" in line and not line["id"].endswith(f"::{canary}")
    }
    usable = {test: outcome for test, outcome in outcomes.items() if _is_usable(test)}
    return Ran(
        passed=frozenset(test for test, outcome in usable.items() if outcome == "passed"),
        reported=frozenset(usable),
        seconds=result.seconds,
    )


def _is_usable(test: str) -> bool:
    """Say whether an id can stand on a line of its own in a list of ids."""
    return test.isprintable() and test == test.strip() and not test.startswith("#")
