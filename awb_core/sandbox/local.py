"""The local sandbox: bubblewrap where it works, a plain process group with resource limits otherwise."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from awb_core.errors import SandboxFailed, SandboxUnavailable
from awb_core.model import Environment, Limits
from awb_core.protocols import Collected, Command, CommandResult, SandboxSpec, SandboxStatus
from awb_core.sandbox import cgroup
from awb_core.sandbox.archive import ArchiveLimits, Refused, extract, pack
from awb_core.sandbox.bubblewrap import HOME, WAYS, options_for
from awb_core.sandbox.environment import Running, ensure_environment
from awb_core.sandbox.network import (
    FORWARDER,
    GATEWAY_URL,
    copy_forwarder,
    forwarded,
    variables,
    ways_out,
)
from awb_core.sandbox.process import kill_marked, reap_folders, run_process
from awb_core.scratch import named

_counter = itertools.count()


class LocalProvider:
    """Runs commands on this host; says exactly how well it isolates them."""

    name = "local"

    def __init__(self) -> None:
        self._open: set[LocalSandbox] = set()
        self._building: Running = set()

    @cached_property
    def bubblewrap(self) -> str | None:
        """The path of a bubblewrap that works here."""
        found = shutil.which("bwrap")
        if found is None:
            return None
        probe = [found, "--ro-bind", "/", "/", "--unshare-all", "true"]
        done = subprocess.run(probe, capture_output=True, check=False)
        return found if done.returncode == 0 else None

    @cached_property
    def options(self) -> frozenset[str]:
        """The options this version of bubblewrap knows."""
        if self.bubblewrap is None:
            return frozenset()
        done = subprocess.run(
            [self.bubblewrap, "--help"], capture_output=True, text=True, check=False
        )
        return frozenset(word for word in done.stdout.split() if word.startswith("--"))

    @cached_property
    def groups(self) -> bool:
        """Whether control groups can be made."""
        return cgroup.writable()

    def probe(self) -> SandboxStatus:
        """Say what is isolated here."""
        contained = self.bubblewrap is not None
        return SandboxStatus(
            available=True,
            summary="bubblewrap" if contained else "plain processes: no isolation from this host",
            fix="" if contained else "apt-get install bubblewrap",
            protections={
                "network off": contained,
                "files of the host hidden": contained,
                "all processes killed": contained or self.groups,
                "memory and process limits": self.groups,
            },
            facts={"isolation": "bubblewrap" if contained else "none"},
        )

    def prepare(self, environment: Environment, report: Callable[[str], None]) -> str:
        """Build the virtual environment unless it is cached."""
        return str(ensure_environment(environment, report, self._building))

    @contextmanager
    def open(self, spec: SandboxSpec) -> Iterator[LocalSandbox]:
        """Open a fresh sandbox.

        Raises:
            SandboxUnavailable: the phase needs a network or folders of its own, and there is no bubblewrap.
        """
        if self.bubblewrap is None and (ways_out(spec) or spec.mounts):
            raise SandboxUnavailable(
                "the local sandbox needs bubblewrap to lock an agent in: apt-get install bubblewrap"
            )
        environment = ensure_environment(spec.environment, lambda _: None)
        prefix = named(str(next(_counter)))
        name = prefix.removesuffix("-")
        root = Path(tempfile.mkdtemp(prefix=prefix))
        sandbox = LocalSandbox(
            provider=self, spec=spec, root=root, environment=environment, name=name
        )
        self._open.add(sandbox)
        try:
            yield sandbox
        finally:
            self._open.discard(sandbox)
            sandbox.close()

    def stop(self) -> None:
        """Kill everything in the sandboxes this process holds open, and what builds environments."""
        for process in list(self._building):
            process.kill()
        for sandbox in list(self._open):
            sandbox.kill()

    def reap(self) -> int:
        """Remove the folders and groups of owners that are gone."""
        count = reap_folders()
        for folder in cgroup.stale_groups():
            with contextlib.suppress(OSError):
                folder.rmdir()
        return count


class LocalSandbox:
    """One folder on the host, seen as `/work` where bubblewrap works."""

    def __init__(
        self,
        *,
        provider: LocalProvider,
        spec: SandboxSpec,
        root: Path,
        environment: Path,
        name: str,
    ) -> None:
        self._provider = provider
        self._spec = spec
        self._root = root
        self._environment = environment
        self._work = root / "work"
        self._hidden = root / "hidden"
        for folder in (self._work, self._hidden, root / "home", root / "tmp"):
            folder.mkdir()
        self._cgroup = self._make_cgroup(name)
        contained = provider.bubblewrap is not None
        self.home = HOME if contained else str(root / "home")
        self.gateway_url = GATEWAY_URL if spec.gateway is not None else ""
        if ways_out(spec):
            copy_forwarder(root / "ways", spec)
        self.workspace = "/work" if contained else str(self._work)
        self.hidden = "/hidden" if contained else str(self._hidden)
        self.python = str(environment / "bin" / "python")

    def put(self, source: Path, *, hidden: bool = False) -> None:
        """Copy a folder's content in."""
        target = self._hidden if hidden else self._work
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)

    def run(self, command: Command) -> CommandResult:
        """Run a command to its end, or kill it when its time is over."""
        try:
            return run_process(
                self._argv(command),
                command,
                cwd=self._work,
                env=self._env(command) if self._provider.bubblewrap is None else {},
                scratch=self._root,
                limits=self._spec.limits,
                group=self._cgroup,
                marker=self._root.name,
            )
        except OSError as error:
            message = f"the local sandbox cannot start {command.argv[0]}: {error}"
            raise SandboxFailed(message) from error

    def collect(self, destination: Path, limits: Limits) -> Collected:
        """Kill everything, then copy the workspace out.

        Raises:
            Refused: the workspace exceeds the limits.
        """
        self.kill()
        bounds = ArchiveLimits(bytes=limits.disk_mb << 20)
        return extract(_bounded(pack(self._work), bounds), destination, bounds)

    def close(self) -> None:
        """Kill everything and remove the folder."""
        self.kill()
        if self._cgroup is not None:
            self._cgroup.remove()
        shutil.rmtree(self._root, onerror=_make_writable)

    def kill(self) -> None:
        """Kill every process inside."""
        if self._cgroup is not None:
            self._cgroup.kill()
        else:
            kill_marked(self._root.name)

    def _make_cgroup(self, name: str) -> cgroup.Cgroup | None:
        if not self._provider.groups:
            return None
        limits = self._spec.limits
        # Without bubblewrap the launching shell counts too.
        return cgroup.Cgroup(name, pids=limits.pids + 4, memory_mb=limits.memory_mb)

    def _env(self, command: Command) -> dict[str, str]:
        contained = self._provider.bubblewrap is not None
        path = [str(self._environment / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]
        return {
            "PATH": os.pathsep.join(path),
            "HOME": self.home,
            "TMPDIR": "/tmp" if contained else str(self._root / "tmp"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "dumb",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "AWB_SANDBOX": self._root.name,
            **variables(self._spec),
            **command.env,
        }

    def _argv(self, command: Command) -> list[str]:
        argv = [*self._forwarder(), *command.argv]
        if self._provider.bubblewrap is None:
            return argv
        options = options_for(
            self._spec,
            known=self._provider.options,
            root=self._root,
            environment=self._environment,
            env=self._env(command),
        )
        return [self._provider.bubblewrap, *options, "--", *argv]

    def _forwarder(self) -> list[str]:
        """Return the command that another one is put behind to have its ways out."""
        ways = forwarded(self._spec, WAYS)
        return [self.python, "-I", "-B", f"{WAYS}/{FORWARDER}", ways, "0"] if ways else []


def _bounded(chunks: Iterator[bytes], limits: ArchiveLimits) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > limits.bytes + (128 << 20):
            message = f"the workspace holds more than {limits.bytes >> 20} MiB"
            raise Refused(message)
        yield chunk


def _make_writable(function: Callable[..., object], path: str, _: object) -> None:
    """Let `rmtree` into folders that the workflow made unreadable."""
    with contextlib.suppress(OSError):
        os.chmod(os.path.dirname(path), 0o700)  # noqa: PTH101, PTH120 - names may not be UTF-8
        os.chmod(path, 0o700)  # noqa: PTH101
        if function in (os.open, os.scandir, os.listdir):
            shutil.rmtree(path, ignore_errors=True)
        else:
            function(path)
