"""Run one process with a deadline and bounded output, and kill whatever it leaves behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from awb_core.model import Limits
from awb_core.protocols import Command, CommandResult
from awb_core.sandbox.streams import BoundedOutput
from awb_core.scratch import stale_scratch

if TYPE_CHECKING:
    from awb_core.sandbox.cgroup import Cgroup

LAUNCH = """
ulimit -c 0; ulimit -f "$1"; [ "$2" = 0 ] || ulimit -d "$2"; n=$3; shift 3
while [ "$n" -gt 0 ]; do echo $$ > "$1"; shift; n=$((n - 1)); done
exec "$@"
"""
"""Sets limits and joins the control groups before the command starts, without forking Python from a thread."""

BLOCK = 512
"""Unit of `ulimit -f` in a POSIX shell, in bytes."""


def run_process(
    argv: Sequence[str],
    command: Command,
    *,
    cwd: Path,
    env: Mapping[str, str],
    scratch: Path,
    limits: Limits,
    group: Cgroup | None,
    marker: str,
) -> CommandResult:
    """Run `argv` to its end; afterwards no process of it is left.

    Raises:
        OSError: it cannot be started.
    """
    joins = group.join_files if group else ()
    blocks = (limits.disk_mb << 20) // BLOCK
    # A control group bounds all processes together; without one, each process is bounded by itself.
    kilobytes = 0 if group else limits.memory_mb << 10
    numbers = [str(blocks), str(kilobytes), str(len(joins))]
    launch = ["/bin/sh", "-c", LAUNCH, "sh", *numbers, *joins, *argv]
    started, cpu_before = time.monotonic(), group.cpu_seconds if group else None
    with tempfile.TemporaryFile(dir=scratch) as stdin:
        stdin.write(command.stdin)
        stdin.seek(0)
        process = subprocess.Popen(
            launch,
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", "AWB_SANDBOX": marker, **env},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    out, err = BoundedOutput(command.keep_bytes), BoundedOutput(command.keep_bytes)
    timed_out = flooded = False
    try:
        timed_out, flooded = _drain(process, out, err, command, started)
    finally:
        _kill(process, group, marker)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
    cpu_after = group.cpu_seconds if group else None
    cpu = usage.ru_utime + usage.ru_stime
    if cpu_after is not None and cpu_before is not None:
        cpu = cpu_after - cpu_before
    code = process.returncode
    return CommandResult(
        exit_code=code if code >= 0 else 128 - code,
        stdout=out.value,
        stderr=err.value,
        stdout_bytes=out.total,
        seconds=time.monotonic() - started,
        cpu_seconds=cpu,
        timed_out=timed_out,
        flooded=flooded,
        out_of_memory=group.out_of_memory if group else False,
    )


def kill_marked(marker: str) -> None:
    """Kill the processes whose environment carries a sandbox's marker, also those that became daemons."""
    needle = f"AWB_SANDBOX={marker}".encode()
    for _ in range(20):
        found = False
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                if needle in (entry / "environ").read_bytes().split(b"\0"):
                    os.kill(int(entry.name), signal.SIGKILL)
                    found = True
        if not found:
            return
        time.sleep(0.01)


def reap_folders() -> int:
    """Remove the folders that killed processes of awb left behind, and end what still runs in them; return how many."""
    count = 0
    for folder in stale_scratch():
        kill_marked(folder.name)
        shutil.rmtree(folder, ignore_errors=True)
        count += 1
    return count


def _drain(
    process: subprocess.Popen[bytes],
    out: BoundedOutput,
    err: BoundedOutput,
    command: Command,
    started: float,
) -> tuple[bool, bool]:
    """Read both streams until the process ends; return whether it timed out, and whether it flooded."""
    deadline = started + command.seconds
    with selectors.DefaultSelector() as selector:
        for stream, target in ((process.stdout, out), (process.stderr, err)):
            if stream:
                os.set_blocking(stream.fileno(), False)
                selector.register(stream, selectors.EVENT_READ, target)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return True, False
            # Asked before the look at the streams: what it wrote until then, that look sees.
            ended = _has_ended(process)
            events = selector.select(min(left, 0.05))
            for key, _ in events:
                data = os.read(key.fd, 1 << 16)
                if data:
                    key.data.feed(data)
                else:
                    selector.unregister(key.fileobj)
            if out.total + err.total > command.flood_bytes:
                return False, True
            if not events and ended:
                return False, False
        while not _has_ended(process):
            if time.monotonic() > deadline:
                return True, False
            time.sleep(0.002)
    return False, False


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def _kill(process: subprocess.Popen[bytes], group: Cgroup | None, marker: str) -> None:
    # Until it is waited for, the process id cannot belong to anyone else.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if group is not None:
        group.kill()
    else:
        kill_marked(marker)
