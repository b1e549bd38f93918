"""Circumstances a check may meet, none of which may change what it measures."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from awb_core.model import Limits
from awb_core.protocols import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What is different from a quiet verification."""

    name: str = "quiet"
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables of the commands in the sandbox."""
    umask: str = ""
    """Octal mask of the commands in the sandbox; theirs if empty."""
    order: int = 0
    """Seed of the order in which cases and test files run; 0 leaves it as it is."""
    cpus: float | None = None
    memory: float = 1.0
    """Share of the memory limit that there is."""
    load: int = 0
    """Busy processes on the host."""
    other_seed: bool = False
    """Whether the grading data are drawn anew: the verdict must be the same, the score in its band."""

    def limits(self, limits: Limits) -> Limits:
        """Return the limits under these conditions."""
        memory = int(limits.memory_mb * self.memory)
        return replace(limits, memory_mb=memory, cpus=self.cpus or limits.cpus)

    def command(self, command: Command) -> Command:
        """Return the command as it runs under these conditions."""
        if not self.env and not self.umask:
            return command
        argv = list(command.argv)
        if self.umask:
            argv = ["/bin/sh", "-c", f'umask {self.umask}; exec "$@"', "sh", *argv]
        return replace(command, argv=argv, env={**command.env, **self.env})

    @contextmanager
    def around(self) -> Iterator[None]:
        """Keep the host as busy as they say."""
        busy = [
            subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"])
            for _ in range(self.load)
        ]
        try:
            yield
        finally:
            for process in busy:
                process.kill()
            for process in busy:
                with contextlib.suppress(OSError):
                    process.wait()


QUIET = Conditions()

VARIED = (
    QUIET,
    Conditions(name="shuffled", order=1, env={"PYTHONHASHSEED": "4242"}),
    Conditions(name="other seed", other_seed=True),
    Conditions(name="under load", load=2 * (os.cpu_count() or 1)),
    Conditions(name="time zone", env={"TZ": "AWB-13:45"}),
    Conditions(name="locale", env={"LANG": "tr_TR.ISO-8859-9", "LC_ALL": "POSIX"}),
    Conditions(name="umask", umask="077"),
    Conditions(name="one cpu", cpus=1.0),
    Conditions(name="two cpus", cpus=2.0, order=2),
    Conditions(name="half the memory", memory=0.5),
)
"""What the repeats of an admission go through, in turn."""


def conditions_of(repeat: int) -> Conditions:
    """Return the conditions of a repeat, counted from 1."""
    return VARIED[(repeat - 1) % len(VARIED)]
