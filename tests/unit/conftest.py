"""One oracle applied to a small workspace in the local sandbox."""

import subprocess
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests_support import AWB

from awb_core.engine.verify import verify
from awb_core.model import Check, Environment, Limits, Role, Task
from awb_core.registry import discover
from awb_core.sandbox.local import LocalProvider


def write_files(root: Path, files: Mapping[str, str | bytes]) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(textwrap.dedent(data.decode()).encode() if name.endswith("py") else data)
    return root


@pytest.fixture
def measure(tmp_path):
    """Return a function that measures a workspace and returns what the oracle observed."""

    def apply(oracle, options, workspace, tests, *, seed=1, seconds=20.0, environment=None):
        write_files(tmp_path / "task/tests", tests)
        check = Check(
            id="check", oracle=oracle, role=Role.REQUIRED, options=options, seconds=seconds
        )
        task = Task(
            id="task",
            pack="pack",
            root=tmp_path / "task",
            title="",
            dimension="debugging",
            difficulty="S",
            languages=(),
            environment=environment or Environment(),
            limits=Limits(memory_mb=512, pids=64, disk_mb=64),
            checks=(check,),
        )
        finished = write_files(tmp_path / "finished", workspace)
        provider = LocalProvider()
        found = verify(task, finished, oracles=discover().oracles, provider=provider, seed=seed)
        return found[0].measured

    return apply


@pytest.fixture(scope="session")
def tools():
    """An environment with the tools that some oracles run; it is cached by its content."""
    command = [*("pip", "compile", "-q", "-", "--universal", "--no-header"), "--generate-hashes"]
    done = subprocess.run(
        [Path(AWB[0]).parent / "uv", *command, "--python-version", "3.11"],
        input="pytest==9.2.0\nruff==0.17.6\nimport-linter==2.16\n",
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if not line.startswith("--")]
    return Environment(requirements="\n".join(lines))
