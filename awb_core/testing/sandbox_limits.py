"""What every kind of sandbox must show of limits, and of how everything in it ends, one function a behaviour."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import threading
import time
import warnings
from collections.abc import Callable

from awb_core.protocols import Command, Sandbox, SandboxSpec
from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.sandbox_bench import LIMITS, SandboxBench, alive, python, seen, sh, told

LATE_SECONDS = 15.0
"""How long after its time a command may be over; a daemon that kills takes a while."""

DAEMON = "setsid sh -c 'trap \"\" TERM HUP; sleep 300 # {marker}' >/dev/null 2>&1 & echo started"
BOMB = """
import os, time
for _ in range(200):
    try:
        if os.fork() == 0:
            time.sleep(60)
    except OSError:
        print("held")
        break
"""


def ends_at_the_limit(bench: SandboxBench) -> Observation:
    """A command is killed at its time limit even if it ignores every signal that can be ignored."""
    with bench.open() as box:
        began = time.monotonic()
        result = sh(box, "echo on; trap '' TERM INT HUP; while :; do sleep 1; done", seconds=1)
        took = time.monotonic() - began
    late = result.timed_out and result.exit_code == 137 and took < 1 + LATE_SECONDS
    return seen(late and result.stdout == b"on\n", f"{told(result)} after {took:.1f} s")


def ends_with_its_output_held(bench: SandboxBench) -> Observation:
    """A command whose output a process in the background holds open ends by its limit at the latest."""
    with bench.open() as box:
        began = time.monotonic()
        result = sh(box, "sleep 300 & echo done", seconds=1)
        took = time.monotonic() - began
    held = result.stdout == b"done\n" and took < 1 + LATE_SECONDS
    return seen(held, f"{told(result)} after {took:.1f} s")


def cuts_floods(bench: SandboxBench) -> Observation:
    """A command that prints without end is killed; what it wrote is counted, and little of it kept."""
    with bench.open() as box:
        result = sh(box, "yes", seconds=60, flood_bytes=4 << 20, keep_bytes=10_000)
    kept = len(result.stdout) < 11_000 and b"dropped" in result.stdout
    counted = result.flooded and result.stdout_bytes > 4 << 20
    return seen(kept and counted and not result.timed_out, told(result))


def cuts_floods_of_errors(bench: SandboxBench) -> Observation:
    """Standard error counts towards a flood as well."""
    with bench.open() as box:
        result = sh(box, "yes >&2", seconds=60, flood_bytes=4 << 20, keep_bytes=10_000)
    return seen(result.flooded and len(result.stderr) < 11_000, told(result))


def keeps_both_ends(bench: SandboxBench) -> Observation:
    """Of much output the first and the last words are kept, and the command goes on to its end."""
    with bench.open() as box:
        result = sh(box, "echo first; seq 100000; echo last", keep_bytes=2000)
    ends = result.stdout.startswith(b"first\n") and result.stdout.endswith(b"\nlast\n")
    held = ends and len(result.stdout) < 3000 and result.stdout_bytes == 588_895 + 11
    return seen(held and result.exit_code == 0, told(result))


def limits_processes(bench: SandboxBench) -> Observation:
    """A fork bomb is held."""
    with bench.open() as box:
        result = python(box, BOMB, seconds=20)
    return seen(b"held" in result.stdout or result.exit_code != 0, told(result))


def limits_memory(bench: SandboxBench) -> Observation:
    """A command that takes more memory than there is ends, and is told to have done so."""
    with bench.open() as box:
        result = python(box, "x = bytearray(400 << 20)")
    return seen(result.exit_code != 0 and result.out_of_memory, told(result))


def grants_memory(bench: SandboxBench) -> Observation:
    """What fits into the limits works."""
    with bench.open() as box:
        result = python(box, "x = bytearray(40 << 20); print(len(x))")
    return seen(result.exit_code == 0 and not result.out_of_memory, told(result))


def limits_files(bench: SandboxBench) -> Observation:
    """A file cannot grow beyond the disk that there is."""
    with bench.open() as box:
        result = sh(box, "head -c 64M /dev/zero > big")
    return seen(result.exit_code != 0, told(result))


def counts_time(bench: SandboxBench) -> Observation:
    """The time of a command is told, and its processor time where it can be known."""
    code = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    with bench.open() as box:
        result = python(box, code)
    cpu = result.cpu_seconds
    held = result.seconds >= 0.3 and (cpu is None or 0.25 <= cpu < 10)
    return seen(held, f"{result.seconds} s, {cpu} s of a processor")


def kills_daemons(bench: SandboxBench) -> Observation:
    """A process that became a daemon is dead once the workspace is collected."""
    marker = f"awb-bench-{secrets.token_hex(8)}"
    with bench.open() as box:
        started = sh(box, DAEMON.format(marker=marker))
        box.collect(bench.folder(), LIMITS)
        found = alive(marker)
    return seen(started.stdout == b"started\n" and not found, f"{told(started)}, alive: {found}")


def kills_when_closed(bench: SandboxBench) -> Observation:
    """No process outlives a sandbox that is closed without anything being collected."""
    marker = f"awb-bench-{secrets.token_hex(8)}"
    with bench.open() as box:
        started = sh(box, DAEMON.format(marker=marker))
    found = alive(marker)
    return seen(started.stdout == b"started\n" and not found, f"{told(started)}, alive: {found}")


def can_be_killed(bench: SandboxBench) -> Observation:
    """`kill` from another thread ends the command that runs."""
    return _ends_by(bench, lambda box: box.kill())


def can_be_stopped(bench: SandboxBench) -> Observation:
    """`stop` of the provider ends the commands of its open sandboxes."""
    return _ends_by(bench, lambda _: bench.provider.stop())


def stops_nothing(bench: SandboxBench) -> Observation:
    """`stop` is nothing where nothing is open, and sandboxes can be opened after it."""
    provider = bench.make()
    provider.stop()
    spec = SandboxSpec(
        run=bench.run,
        trial="after",
        phase="agent",
        environment=bench.environment,
        limits=LIMITS,
        seconds=60,
    )
    with provider.open(spec) as box:
        result = sh(box, "echo here")
    return seen(result.stdout == b"here\n", told(result))


def spares_the_living(bench: SandboxBench) -> Observation:
    """The reaper leaves the sandboxes of living owners alone."""
    with bench.open() as box:
        bench.provider.reap()
        bench.make().reap()
        result = sh(box, "echo here")
    return seen(result.stdout == b"here\n", told(result))


def reaps_the_dead(bench: SandboxBench) -> Observation:
    """The reaper removes what an owner that was killed left behind."""
    marker = f"awb-bench-{secrets.token_hex(8)}"
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # The child does nothing but open a sandbox of its own.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _hold_open(bench, marker, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        opened = stream.read(1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    count = bench.make().reap()  # another process of this host may have been quicker
    found = (*alive(marker), *bench.left())
    return seen(opened == b"1" and not found, f"{count} reaped; left: {found}")


def leaves_nothing(bench: SandboxBench) -> Observation:
    """Nothing stays of a sandbox, whatever was done to its files."""
    with bench.open() as box:
        marker = sh(box, 'printf %s "$AWB_SANDBOX"').stdout.decode()
        sh(box, "mkdir -p locked/in; echo x > locked/in/file; chmod 0 locked; echo x > file")
    found = bench.left(*([f"AWB_SANDBOX={marker}"] if marker else []))
    return seen(not found, f"left behind: {found}")


def leaves_nothing_after_an_error(bench: SandboxBench) -> Observation:
    """An exception of its user closes a sandbox as well, and comes out as it is."""
    marker = f"awb-bench-{secrets.token_hex(8)}"
    caught = ""

    def work() -> None:
        with bench.open() as box:
            sh(box, DAEMON.format(marker=marker))
            raise _Mistake(marker)

    try:
        work()
    except _Mistake as error:
        caught = str(error)
    found = (*alive(marker), *bench.left())
    return seen(caught == marker and not found, f"left behind: {found}")


class _Mistake(Exception):
    pass


def _ends_by(bench: SandboxBench, end: Callable[[Sandbox], None]) -> Observation:
    """Say whether a command that sleeps is over soon after `end` was called."""
    with bench.open() as box:
        timer = threading.Timer(0.5, end, args=(box,))
        timer.start()
        began = time.monotonic()
        result = box.run(Command(argv=["sleep", "60"], seconds=60))
        took = time.monotonic() - began
        timer.join()
    held = result.exit_code != 0 and not result.timed_out and took < LATE_SECONDS
    return seen(held, f"{told(result)} after {took:.1f} s")


def _hold_open(bench: SandboxBench, marker: str, writing: int) -> None:
    """Open a sandbox, say so, and work in it until killed; never returns."""
    with contextlib.suppress(BaseException):
        bench.provider = bench.make()
        with bench.open(trial="dead") as box:
            sh(box, DAEMON.format(marker=marker))
            os.write(writing, b"1")
            sh(box, "sleep 300", seconds=300)
    os._exit(1)
