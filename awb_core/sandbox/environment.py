"""Realise a declared environment without Docker: a cached virtual environment."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from awb_core.errors import EnvironmentFailed
from awb_core.model import Environment
from awb_core.sandbox.cache import ensure, is_cached

KIND = "environments"


Running = set["subprocess.Popen[str]"]
"""The processes that build something now, so that an interrupt can end them."""


def ensure_environment(
    environment: Environment, report: Callable[[str], None], running: Running | None = None
) -> Path:
    """Return the folder of the virtual environment, building it unless it is cached.

    Raises:
        EnvironmentFailed: a host command is missing, or a package cannot be installed.
    """
    missing = [command for command in environment.commands if shutil.which(command) is None]
    if missing:
        needs = ", ".join(missing)
        packages = " ".join(name.partition("=")[0] for name in environment.debian) or needs
        message = (
            f"the local sandbox needs {needs} on this host: apt-get install {packages},"
            " or use --sandbox docker"
        )
        raise EnvironmentFailed(message)
    key = f"{environment.digest[:24]}-{sys.implementation.cache_tag}"
    if not is_cached(KIND, key):
        report(f"building environment {key[:12]}")
    return ensure(KIND, key, lambda folder: _build(environment, folder, running))


def uv() -> str:
    """Return the path of uv, which ships as a dependency.

    Raises:
        EnvironmentFailed: it is not installed.
    """
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if not found:
        raise EnvironmentFailed("uv is not installed: pip install uv")
    return found


def run_uv(
    *arguments: str, stdin: str = "", cwd: Path | None = None, running: Running | None = None
) -> str:
    """Run uv and return its output; while it runs, its process stands in `running`.

    Raises:
        EnvironmentFailed: it failed; the message holds the end of its own words.
    """
    running = set() if running is None else running
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [uv(), *arguments], stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=cwd
    ) as process:
        running.add(process)
        try:
            output, errors = process.communicate(stdin)
        except BaseException:
            process.kill()
            raise
        finally:
            running.discard(process)
    if process.returncode:
        lines = [line for line in errors.splitlines() if line.strip()]
        message = f"uv {arguments[0]} failed: " + "\n".join(lines[-12:])
        raise EnvironmentFailed(message)
    return output


def kill_tree(process: subprocess.Popen[str]) -> None:
    """Kill a process that builds something, and with it what it started, where it leads a session of its own."""
    with contextlib.suppress(ProcessLookupError):
        if os.getsid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _build(environment: Environment, folder: Path, running: Running | None) -> None:
    run_uv(
        *("venv", "--quiet", "--python", _python(environment), "--no-project", "--clear"),
        str(folder),
        running=running,
    )
    if not environment.requirements:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(environment.requirements)
        file.flush()
        run_uv(
            *("pip", "install", "--quiet", "--python", str(folder / "bin" / "python")),
            *("--require-hashes", "--only-binary", ":all:", "--link-mode", "copy"),
            *("--compile-bytecode", "-r", file.name),
            running=running,
        )


def _python(environment: Environment) -> str:
    """Choose the declared version where the host has it, this interpreter otherwise."""
    if environment.python == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    return shutil.which(f"python{environment.python}") or sys.executable
