"""What a process writes is read to the end, however late this thread gets its turn."""

import os
import time

import pytest

from awb_core.model import Limits
from awb_core.protocols import Command
from awb_core.sandbox import process


@pytest.mark.parametrize("wait", [0, 0.3])
def test_output_just_before_the_end_is_not_lost(tmp_path, monkeypatch, wait):
    ended = process._has_ended

    def late(running):
        time.sleep(wait)  # another thread's turn, in which the process writes and ends
        return ended(running)

    monkeypatch.setattr(process, "_has_ended", late)
    command = Command(argv=["sh", "-c", "sleep 0.2; echo out; echo err >&2"], seconds=20)

    done = process.run_process(
        command.argv,
        command,
        cwd=tmp_path,
        env={},
        scratch=tmp_path,
        limits=Limits(),
        group=None,
        marker=f"test-{os.getpid()}",
    )

    assert (done.exit_code, done.stdout, done.stderr) == (0, b"out\n", b"err\n")
