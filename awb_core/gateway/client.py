"""The engine's side of the gateway: starts the process, keeps it alive, admits trials, reads the records."""

from __future__ import annotations

import contextlib
import os
import secrets as random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from awb_core.errors import SandboxFailed, UsageError
from awb_core.gateway.config import Configuration, Price, Settings, Upstream, dump
from awb_core.gateway.policy import Policy, read_policy, token_of, write_policy
from awb_core.gateway.records import merge
from awb_core.gateway.sockets import loopback_socket, unix_socket
from awb_core.scratch import named

START_SECONDS = 60.0
STOP_SECONDS = 10.0
RESTART_SECONDS = 1.0
SETTLE_POLL_SECONDS = 0.02


class Gateway:
    """A running gateway; use it in a `with` statement.

    The listening sockets belong to this process and outlive the gateway's: one that is killed is started again, and
    finds in its log what was spent. Keys and secret travel on the standard input of the process, never in its
    arguments or environment.
    """

    def __init__(
        self,
        folder: Path,
        *,
        upstreams: Iterable[Upstream],
        run: str,
        secret: str,
        budget_usd: Decimal | None = None,
        record: bool = False,
        replay: Path | None = None,
        prices: Mapping[str, Price] | None = None,
        settings: Settings | None = None,
    ) -> None:
        self._folder = folder
        upstreams = tuple(upstreams)
        found = {u.name: os.environ.get(u.key_variable, "") for u in upstreams if u.key_variable}
        self._configuration = Configuration(
            folder=folder,
            run=run,
            instance="",
            sockets=(),
            secret=secret,
            upstreams=upstreams,
            keys={name: key for name, key in found.items() if key},
            budget_usd=budget_usd,
            record=record,
            replay=replay,
            prices=prices or {},
            settings=settings or Settings(),
        )
        self._sockets: list[socket.socket] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._place: Path | None = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="gateway", daemon=True)
        self._log: Path = folder / "gateway.log"

    def __enter__(self) -> Gateway:
        if find_spec("aiohttp") is None or find_spec("genai_prices") is None:
            raise UsageError("agents need the gateway: pip install 'awb-core[agents]'")
        self._folder.mkdir(parents=True, exist_ok=True)
        # The path of a socket may have 107 bytes at most, and a run's folder may be anywhere.
        self._place = Path(tempfile.mkdtemp(prefix=named("gateway")))
        self._place.chmod(0o711)
        try:
            self._sockets = [unix_socket(self.socket), loopback_socket()]
            self._start()
        except BaseException:
            self.close()
            raise
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def socket(self) -> Path:
        """The unix socket; its folder holds nothing else, so that it can be mounted."""
        assert self._place is not None
        return self._place / "gateway.sock"

    @property
    def port(self) -> int:
        """The port on loopback."""
        return int(self._sockets[1].getsockname()[1])

    @property
    def pid(self) -> int:
        """The process that serves now."""
        assert self._process is not None
        return self._process.pid

    def admit(
        self,
        trial: str,
        *,
        workflow: str,
        budget_usd: float | Decimal | None = None,
        workflow_budget_usd: float | Decimal | None = None,
        models: Iterable[str] = (),
    ) -> str:
        """Let a trial ask, within its budgets, and return the token that its agent sends as its key."""
        policy = Policy(
            workflow=workflow,
            budget_usd=None if budget_usd is None else str(budget_usd),
            workflow_budget_usd=None if workflow_budget_usd is None else str(workflow_budget_usd),
            models=tuple(models),
        )
        write_policy(self._folder / "policies", trial, policy)
        return token_of(self._configuration.secret, trial)

    def requests(self, trial: str) -> tuple[dict[str, Any], ...]:
        """Return a trial's records by number; one that is not over has the error `open`."""
        records = merge(self._folder / "log" / f"{trial}.jsonl")
        alive = self._configuration.instance
        for record in records:
            if record["error"] == "gateway_died" and record["gateway"] == alive:
                record["error"] = "open"
        return records

    def settle(self, trial: str, seconds: float = 5.0) -> None:
        """Refuse what a trial still asks, and wait until nothing of it is open, or the time is over."""
        policy = read_policy(self._folder / "policies", trial)
        if policy is not None:
            write_policy(self._folder / "policies", trial, replace(policy, closed=True))
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if all(record["error"] != "open" for record in self.requests(trial)):
                return
            time.sleep(SETTLE_POLL_SECONDS)

    def close(self) -> None:
        """Stop the process and remove the sockets."""
        self._closing.set()
        with self._lock:
            process = self._process
            if process is not None:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                if process.stdin is not None:
                    _close_quietly(process.stdin)
        if self._watcher.is_alive():
            self._watcher.join()
        for each in self._sockets:
            each.close()
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)

    def _start(self) -> None:
        self._configuration = replace(
            self._configuration,
            instance=random.token_hex(4),
            sockets=tuple(each.fileno() for each in self._sockets),
        )
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "awb_core.gateway"],  # -P: no code from our folder
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._environment(),
                pass_fds=self._configuration.sockets,
                start_new_session=True,  # Ctrl-C is for us; we stop it when the trials are over
            )
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        # It stays open: its end tells the process that its owner is gone.
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(dump(self._configuration))
            process.stdin.flush()
        timer = threading.Timer(START_SECONDS, process.kill)
        timer.start()
        try:
            with process.stdout:
                ready = process.stdout.readline()
        finally:
            timer.cancel()
            timer.join()
        if not ready:
            process.wait()
            _close_quietly(process.stdin)
            words = self._log.read_bytes().decode(errors="replace").strip().splitlines()
            raise SandboxFailed(f"the gateway does not start: {' '.join(words[-1:])}")

    def _watch(self) -> None:
        """Start the process again whenever it dies."""
        while not self._closing.is_set():
            process = self._process
            assert process is not None
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
            with self._lock:
                if process.returncode is None or self._closing.is_set():
                    continue
                if process.stdin is not None:
                    _close_quietly(process.stdin)
                try:
                    self._start()
                except (SandboxFailed, OSError):
                    self._closing.wait(RESTART_SECONDS)

    def _environment(self) -> dict[str, str]:
        """Return the process's environment: without keys, and without logins that belong to somebody else."""
        keys = {upstream.key_variable for upstream in self._configuration.upstreams}
        kept = {name: value for name, value in os.environ.items() if name not in keys}
        return {**kept, "NETRC": os.devnull}


def _close_quietly(stream: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):
        stream.close()
