"""An installation that is interrupted ends at once, with all that it started, and leaves nothing half-installed."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests_support import AWB

NPM = """#!/bin/sh
mkdir -p node_modules && echo half > node_modules/half
sleep 60 &
echo $! > "$LOG"
wait
"""


@pytest.fixture
def start(tmp_path, tiny):
    """Return a function that starts a command whose npm never ends, and waits until npm is at work."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/npm").write_text(NPM)
    (tmp_path / "bin/npm").chmod(0o755)
    log = tmp_path / "log"
    env = {
        **os.environ,
        "PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
        "AWB_CACHE_DIR": str(tmp_path / "cache"),
        "LOG": str(log),
        "OPENAI_API_KEY": "none",
        "PYTHONPATH": str(tiny.root),
    }

    def start(*arguments):
        process = subprocess.Popen(
            [*AWB, *map(str, arguments)],
            env=env,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(600):
            if log.is_file() and log.read_text().strip():
                return process, Path("/proc", log.read_text().strip())
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
        pytest.fail("npm was not started")

    return start


def assert_nothing_is_left(tmp_path, child, began):
    assert time.monotonic() - began < 10
    assert not list((tmp_path / "cache/agents").iterdir())
    for _ in range(100):
        if not child.exists() or "State:\tZ" in (child / "status").read_text():
            return
        time.sleep(0.05)
    pytest.fail("what npm started is still at work")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_install_agent(start, tmp_path, number):
    process, child = start("install-agent", "codex")

    began = time.monotonic()
    process.send_signal(number)
    said, _ = process.communicate(timeout=90)

    assert process.returncode == 130, said
    assert_nothing_is_left(tmp_path, child, began)


@pytest.mark.parametrize("workflow", ["codex", "acp:qwen-code"])
def test_the_part_of_a_run_that_installs(start, tmp_path, workflow):
    words = ("--task", "tiny-add", "--sandbox", "local", "--unsafe-local", "--out", tmp_path / "r")
    process, child = start("run", "-w", workflow, *words)

    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=90)

    assert process.returncode == 130, said
    assert "Interrupted, 1 trials left: awb resume" in said
    assert not list((tmp_path / "r/trials").iterdir())
    assert_nothing_is_left(tmp_path, child, began)
