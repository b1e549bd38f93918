"""Limit and kill a group of processes through the kernel's control groups, version 1 or 2, where they are writable."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from awb_core.scratch import named, stale

ROOT = Path("/sys/fs/cgroup")


class Cgroup:
    """One group; `join_files` are the files a process writes its id to."""

    def __init__(self, name: str, *, pids: int, memory_mb: int) -> None:
        """Create the group.

        Raises:
            OSError: control groups cannot be written here.
        """
        memory = str(memory_mb << 20)
        if (ROOT / "cgroup.controllers").exists():
            self._folders = {"unified": ROOT / name}
            settings = [("unified", "pids.max", str(pids)), ("unified", "memory.max", memory)]
            optional = [("unified", "memory.swap.max", "0")]
        else:
            self._folders = {kind: ROOT / kind / name for kind in ("pids", "memory", "cpuacct")}
            settings = [
                ("pids", "pids.max", str(pids)),
                ("memory", "memory.limit_in_bytes", memory),
            ]
            optional = [("memory", "memory.memsw.limit_in_bytes", memory)]
        try:
            for folder in self._folders.values():
                folder.mkdir()
            for kind, file, value in settings:
                (self._folders[kind] / file).write_text(value)
        except OSError:
            self.remove()
            raise
        for kind, file, value in optional:
            with contextlib.suppress(OSError):
                (self._folders[kind] / file).write_text(value)

    @property
    def join_files(self) -> tuple[str, ...]:
        """The files to write a process id to."""
        return tuple(str(folder / "cgroup.procs") for folder in self._folders.values())

    @property
    def out_of_memory(self) -> bool:
        """Whether the kernel killed a process of the group for its memory."""
        for kind, file in (("memory", "memory.oom_control"), ("unified", "memory.events")):
            if kind in self._folders:
                with contextlib.suppress(OSError, ValueError):
                    lines = (self._folders[kind] / file).read_text().splitlines()
                    return int(dict(line.split() for line in lines).get("oom_kill", 0)) > 0
        return False

    @property
    def cpu_seconds(self) -> float | None:
        """CPU time of all processes that were ever in the group."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            if "cpuacct" in self._folders:
                return int((self._folders["cpuacct"] / "cpuacct.usage").read_text()) / 1e9
            lines = (self._folders["unified"] / "cpu.stat").read_text().splitlines()
            return int(dict(line.split() for line in lines)["usage_usec"]) / 1e6
        return None

    def kill(self, seconds: float = 5.0) -> None:
        """Kill every process of the group, also those that fork on the way."""
        deadline = time.monotonic() + seconds
        while (members := list(self._members())) and time.monotonic() < deadline:
            for member in members:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(member, signal.SIGKILL)
            time.sleep(0.002)

    def remove(self) -> None:
        """Remove the group, which must be empty."""
        for folder in self._folders.values():
            for _ in range(50):
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)
                else:
                    break

    def _members(self) -> Iterable[int]:
        folder = next(iter(self._folders.values()))
        with contextlib.suppress(OSError, ValueError):
            return [int(line) for line in (folder / "cgroup.procs").read_text().split()]
        return ()


def writable() -> bool:
    """Say whether groups can be made here."""
    try:
        group = Cgroup(named("probe").removesuffix("-"), pids=16, memory_mb=64)
    except OSError:
        return False
    group.remove()
    return True


def stale_groups() -> Iterable[Path]:
    """Yield the folders of groups whose owner is gone."""
    kinds = (
        [ROOT]
        if (ROOT / "cgroup.controllers").exists()
        else [ROOT / kind for kind in ("pids", "memory", "cpuacct")]
    )
    for kind in kinds:
        with contextlib.suppress(OSError):
            yield from stale(kind, "*-*")
