"""Run a test suite inside the sandbox and report every test, with a test of a random name that must fail.

The configuration comes on stdin: `{"tests": [...], "path": [...], "args": [...], "canary": "name", "confcut": "...",
"twins": {"node id": "before" or "after"}, "order": seed}`. A twin is a test of the suite whose body is replaced by one
that fails; it runs under the same id, so what forges reports by their names cannot tell the two apart.
pytest runs in a forked child that writes to a pipe; this process never imports the workspace.
"""

from __future__ import annotations

import copy
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any


def main() -> None:
    """Run the suite in a child and print what it reported.

    pytest is loaded before anything of the workspace can be: from then on, a run that breaks is the workspace's doing.
    """
    config = json.loads(sys.stdin.read())
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import pytest  # noqa: F401 - loaded once, before the fork

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
    with os.fdopen(os.dup(reply), "w") as out:
        out.write('{"ready": true}\n')
    with os.fdopen(reader, "rb") as stream:
        lines = stream.read(64 << 20).decode(errors="replace").splitlines()
    _, status = os.waitpid(child, 0)
    with os.fdopen(reply, "w") as out:
        json.dump({"exit": os.waitstatus_to_exitcode(status), "lines": lines}, out)


def run(config: dict[str, object], writer: int) -> int:
    """Run pytest in this process; the workspace's configuration and plugins are left out."""
    sys.path[:0] = [str(Path(str(path)).resolve()) for path in config["path"]]  # type: ignore[attr-defined]
    import pytest

    folder = Path(tempfile.mkdtemp())
    canary = folder / f"{config['canary']}.py"
    canary.write_text(f"def {config['canary']}():\n    assert 1 == 2\n")
    # Failures are counted, not explained, so assertions need no rewriting.
    arguments = [
        "-q",
        "--assert=plain",
        "-c",
        os.devnull,
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(Path.cwd()),
    ]
    arguments += ["--confcutdir", str(config["confcut"]), "--continue-on-collection-errors"]
    arguments += [*config["args"], *config["tests"], str(canary)]  # type: ignore[misc]
    plugins = [Arranger(config["twins"], int(str(config["order"]))), Recorder(writer)]  # type: ignore[arg-type]
    return int(pytest.main(arguments, plugins=plugins))


def must_fail(*_arguments: object, **_fixtures: object) -> None:
    """Stand in for the body of a test."""
    raise AssertionError("a twin")


class Arranger:
    """Puts twins beside their tests, and shuffles the files if it is asked to."""

    def __init__(self, twins: dict[str, str], order: int) -> None:
        self._twins, self._order = twins, order

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Arrange what will run."""
        if self._order:
            files = sorted({item.nodeid.split("::")[0] for item in items})
            random.Random(self._order).shuffle(files)
            items.sort(key=lambda item: files.index(item.nodeid.split("::")[0]))
        items[:] = [one for item in items for one in self._with_twin(item)]

    def _with_twin(self, item: Any) -> list[Any]:
        place = self._twins.get(item.nodeid)
        if place is None or not hasattr(item, "_initrequest"):
            return [item]
        twin = copy.copy(item)
        twin._initrequest()
        twin.obj = must_fail
        return [twin, item] if place == "before" else [item, twin]


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
