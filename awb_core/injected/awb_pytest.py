"""Run a test suite inside the sandbox and report every test, with a test of a random name that must fail.

The configuration comes on stdin: `{"tests": [...], "path": [...], "args": [...], "canary": "name", "confcut": "..."}`.
pytest runs in a forked child that writes to a pipe; this process never imports the workspace.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Run the suite in a child and print what it reported."""
    config = json.loads(sys.stdin.read())
    reply = os.dup(1)
    os.dup2(2, 1)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.close(reply)
        code = 70
        try:
            code = run(config, writer)
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        lines = stream.read(64 << 20).decode(errors="replace").splitlines()
    _, status = os.waitpid(child, 0)
    with os.fdopen(reply, "w") as out:
        json.dump({"exit": os.waitstatus_to_exitcode(status), "lines": lines}, out)


def run(config: dict[str, object], writer: int) -> int:
    """Run pytest in this process; the workspace's configuration and plugins are left out."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.path[:0] = [str(Path(str(path)).resolve()) for path in config["path"]]  # type: ignore[attr-defined]
    import pytest

    folder = Path(tempfile.mkdtemp())
    canary = folder / f"{config['canary']}.py"
    canary.write_text(f"def {config['canary']}():\n    assert 1 == 2\n")
    arguments = ["-q", "-c", os.devnull, "-p", "no:cacheprovider", "--rootdir", str(Path.cwd())]
    arguments += ["--confcutdir", str(config["confcut"]), "--continue-on-collection-errors"]
    arguments += [*config["args"], *config["tests"], str(canary)]  # type: ignore[misc]
    return int(pytest.main(arguments, plugins=[Recorder(writer)]))


class Recorder:
    """Writes one line a test to the pipe."""

    def __init__(self, writer: int) -> None:
        self._writer = writer
        self._bad: dict[str, str] = {}

    def _write(self, message: dict[str, str]) -> None:
        data = (json.dumps(message) + "\n").encode()
        while data:
            data = data[os.write(self._writer, data) :]

    def pytest_runtest_logreport(self, report: object) -> None:
        """Remember the worst phase; write when the test is over."""
        node, outcome = report.nodeid, report.outcome  # type: ignore[attr-defined]
        if outcome != "passed" and node not in self._bad:
            self._bad[node] = outcome
        if report.when == "teardown":  # type: ignore[attr-defined]
            self._write({"id": node, "outcome": self._bad.pop(node, "passed")})

    def pytest_collectreport(self, report: object) -> None:
        """Report a file that cannot be collected: its tests fail."""
        if report.outcome == "failed":  # type: ignore[attr-defined]
            self._write({"uncollected": report.nodeid})  # type: ignore[attr-defined]

    def pytest_sessionfinish(self) -> None:
        """Say that the session came to its end."""
        self._write({"finished": "yes"})


if __name__ == "__main__":
    main()
