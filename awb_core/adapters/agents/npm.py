"""Install an agent from the npm registry, its Node included."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import subprocess
from pathlib import Path

from awb_core.adapters.agents.spec import NpmInstall
from awb_core.errors import EnvironmentFailed
from awb_core.sandbox.environment import Running
from awb_core.tree import digest_file

SECONDS = 1800
_ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}
_UNREACHABLE = re.compile(
    r"E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|HOSTUNREACH|RR_SOCKET_TIMEOUT)|"
    r"SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_"
)


def install_npm(
    recipe: NpmInstall, version: str, root: Path, running: Running | None = None
) -> str:
    """Install into `root` and return the sha256 of the lock file.

    While npm runs, its process stands in `running`.

    Raises:
        EnvironmentFailed: it cannot be installed; the message says why and what to do.
    """
    npm = shutil.which("npm")
    if npm is None:
        message = (
            f"installing {recipe.package} needs npm: apt-get install nodejs npm (Node 20 or newer)"
        )
        raise EnvironmentFailed(message)
    pins = {recipe.package: version, **dict(_pin(text) for text in recipe.extra_packages)}
    if recipe.node:
        pins[_node_package()] = recipe.node
    manifest = {
        "name": "agent",
        "private": True,
        "dependencies": pins,
        # Newer npm runs the install scripts of these packages only.
        "allowScripts": {f"{name}@{pin}": True for name, pin in pins.items()},
    }
    (root / "package.json").write_text(json.dumps(manifest, indent=1, sort_keys=True), "utf-8")
    _run_npm([npm, *OPTIONS, str(root)], recipe, version, root, running)
    digest = digest_file(root / "package-lock.json")
    program = _program(recipe, root)
    _prune(recipe, root)
    _write_launcher(recipe, root, program)
    return digest


def _pin(text: str) -> tuple[str, str]:
    name, _, version = text.rpartition("@")
    return name, version


def _node_package() -> str:
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        message = f"there is no Node for {machine} in the npm registry: x86_64 or aarch64 is needed"
        raise EnvironmentFailed(message)
    return f"node-linux-{_ARCHITECTURES[machine]}"


OPTIONS = (
    *("install", "--no-audit", "--no-fund", "--omit=dev", "--no-update-notifier"),
    # The address of the registry is no part of what was installed.
    *("--omit-lockfile-registry-resolved", "--loglevel=error", "--prefix"),
)


def _run_npm(
    argv: list[str], recipe: NpmInstall, version: str, root: Path, running: Running | None
) -> None:
    running = set() if running is None else running
    with subprocess.Popen(
        argv,
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "CI": "1", "NO_COLOR": "1"},
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        running.add(process)
        try:
            output, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            _kill(process)
            message = f"npm install {recipe.package}@{version} took longer than {SECONDS} s"
            raise EnvironmentFailed(message) from None
        except BaseException:
            _kill(process)
            raise
        finally:
            running.discard(process)
    if process.returncode:
        raise EnvironmentFailed(_explain(recipe.package, version, output))


def _kill(process: subprocess.Popen[str]) -> None:
    """End npm and the install scripts it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _explain(package: str, version: str, words: str) -> str:
    what = f"npm install {package}@{version}"
    code = next(iter(re.findall(r"npm (?:error|ERR!) code (\S+)", words)), "")
    lines = [line for line in words.splitlines() if line.strip() and "complete log" not in line]
    tail = "\n".join(lines[-12:])
    if code in {"ETARGET", "E404"}:
        return f"{what}: there is no such package or version in the npm registry\n{tail}"
    if _UNREACHABLE.match(code):
        return (
            f"{what}: the npm registry cannot be reached ({code}); check the network, the proxy and"
            f" `npm config get registry`\n{tail}"
        )
    if re.search(r"npm (?:error|ERR!) command (failed|sh)", words):
        return f"{what}: an install script failed\n{tail}"
    return f"{what} failed\n{tail}"


def _program(recipe: NpmInstall, root: Path) -> Path:
    """Return the one file that the recipe's glob names."""
    found = sorted(path for path in root.glob(recipe.binary) if path.is_file())
    if len(found) != 1:
        message = (
            f"{recipe.package}: {recipe.binary} names {len(found)} files after the installation, not"
            " one: its package for this platform is missing, or its install script did not run"
        )
        raise EnvironmentFailed(message)
    return found[0].relative_to(root)


def _prune(recipe: NpmInstall, root: Path) -> None:
    for pattern in recipe.prune:
        for path in sorted(root.glob(pattern)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    for pattern in recipe.executable:
        for path in root.glob(pattern):
            path.chmod(0o755)


def _write_launcher(recipe: NpmInstall, root: Path, program: Path) -> None:
    """Write `bin/COMMAND`, which finds the program beside itself wherever the folder is mounted."""
    words = [f'"$root/{program}"', '"$@"']
    if recipe.node:
        words.insert(0, f'"$root/node_modules/{_node_package()}/bin/node"')
    launcher = root / "bin" / recipe.command
    launcher.parent.mkdir()
    script = f"#!/bin/sh\nroot=${{0%/bin/{recipe.command}}}\nexec {' '.join(words)}\n"
    launcher.write_text(script, "utf-8")
    launcher.chmod(0o755)
