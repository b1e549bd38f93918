"""Install an agent from the Python package index for the Python of a sandbox.

The packages go into a plain folder (`--target`) and a small script runs them with `python -I -S`: a virtual
environment would name the interpreter by its path, which differs between sandboxes, and its packages and those of
the task's environment would see each other. What the agent starts itself inherits nothing of this.
"""

from __future__ import annotations

import configparser
import contextlib
import platform
import re
import sys
from pathlib import Path

from awb_core.adapters.agents.spec import PipInstall
from awb_core.errors import EnvironmentFailed
from awb_core.sandbox.environment import Running, run_uv
from awb_core.tree import digest_file

SITE = "site"
_PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "aarch64": "aarch64-manylinux_2_28"}

PYTHONS = ("3.11", "3.12", "3.13")
"""Versions of Python in the sandboxes, the usual one first."""

STARTER = """\
#!/bin/sh
root=${{0%/bin/{command}}}
exec python3 -I -S -B "$root/bin/{command}.py" "$@"
"""

LAUNCHER = """\
import os, site, sys

if "%d.%d" % sys.version_info[:2] != {python!r}:
    sys.exit("{package} is installed for Python {python}, and the sandbox has " + sys.version)
root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
site.addsitedir(os.path.join(root, {site!r}))
site.setquit()
if sys.argv[1:] == ["--agent-version"]:
    from importlib.metadata import version

    print(version({package!r}))
    sys.exit()
sys.argv[0] = {command!r}
from {module} import {attribute} as entry

if __name__ == "__main__":
    sys.exit(entry())
"""

VERSION_ARGV = ("--agent-version",)
"""What makes the launcher print the version of the package, without importing the agent."""


def check_python(recipe: PipInstall, python: str) -> None:
    """Refuse a Python that the agent does not run on.

    Raises:
        EnvironmentFailed: it does not.
    """
    minor = _minor(python)
    for condition in recipe.python_range.split(","):
        operator, bound = condition[:2].rstrip("0123456789."), condition.lstrip("<>=")
        fits = {
            ">=": minor >= _minor(bound),
            "<": minor < _minor(bound),
            "==": minor == _minor(bound),
        }
        if not fits[operator]:
            message = (
                f"{recipe.package} needs Python {recipe.python_range}, and the sandbox has {python}"
            )
            raise EnvironmentFailed(message)


def python_for(recipe: PipInstall) -> str:
    """Return the version of Python to install for: the sandboxes' usual one if the agent runs on it."""
    for python in PYTHONS:
        with contextlib.suppress(EnvironmentFailed):
            check_python(recipe, python)
            return python
    message = f"{recipe.package} needs Python {recipe.python_range}, which no sandbox has"
    raise EnvironmentFailed(message)


def install_pip(
    recipe: PipInstall, version: str, root: Path, python: str, running: Running | None = None
) -> str:
    """Install into `root` and return the sha256 of the resolved, hashed requirements.

    Raises:
        EnvironmentFailed: it cannot be installed; the message says why and what to do.
    """
    check_python(recipe, python)
    what = f"{recipe.package} {version}"
    lock = root / "requirements.lock"
    options = ["--only-binary", ":all:", "--python-version", python, "--python-platform"]
    options += [_platform()]
    options += [word for name in recipe.build for word in ("--no-binary", name)]
    wanted = "\n".join([f"{recipe.package}=={version}", *recipe.requirements, ""])
    try:
        text = run_uv(
            *("pip", "compile", "--quiet", "--no-header", "--no-annotate", "--generate-hashes"),
            *options,
            "-",
            stdin=wanted,
            cwd=root,
            running=running,
        )
        lock.write_text(text, "utf-8")
        run_uv(
            *("pip", "install", "--quiet", "--python", sys.executable, "--require-hashes"),
            *("--target", str(root / SITE), "--link-mode", "copy"),
            *(("--compile-bytecode",) if python == _own_python() else ()),
            *options,
            *("-r", str(lock)),
            cwd=root,
            running=running,
        )
    except EnvironmentFailed as error:
        raise EnvironmentFailed(_explain(what, str(error))) from error
    _write_launchers(recipe, root, python)
    return digest_file(lock)


def _own_python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def _platform() -> str:
    machine = platform.machine()
    if machine not in _PLATFORMS:
        raise EnvironmentFailed(f"agents need x86_64 or aarch64, this is {machine}")
    return _PLATFORMS[machine]


def _explain(what: str, words: str) -> str:
    if re.search(r"no version of|not found in the package registry", words):
        return f"{what}: there is no such package or version in the package index\n{words}"
    if re.search(r"[Ff]ailed to fetch|error sending request|[Cc]onnect|timed out", words):
        return (
            f"{what}: the package index cannot be reached; check the network, the proxy and the"
            f" settings of uv\n{words}"
        )
    return f"{what}: cannot be installed\n{words}"


def _write_launchers(recipe: PipInstall, root: Path, python: str) -> None:
    module, attribute = _entry(recipe, root)
    launcher = root / "bin" / f"{recipe.command}.py"
    launcher.parent.mkdir()
    launcher.write_text(
        LAUNCHER.format(
            site=SITE,
            package=recipe.package,
            command=recipe.command,
            module=module,
            attribute=attribute,
            python=python,
        ),
        "utf-8",
    )
    starter = launcher.with_suffix("")
    starter.write_text(STARTER.format(command=recipe.command), "utf-8")
    starter.chmod(0o755)


def _entry(recipe: PipInstall, root: Path) -> tuple[str, str]:
    """Return the module and the function of the console script."""
    stem = re.sub(r"[-_.]+", "_", recipe.package)
    for path in sorted((root / SITE).glob(f"{stem}-*.dist-info/entry_points.txt")):
        parser = configparser.ConfigParser(delimiters=("=",))
        parser.read_string(path.read_text("utf-8"))
        target = parser.get("console_scripts", recipe.command, fallback="")
        module, _, attribute = target.partition(":")
        if attribute:
            return module.strip(), attribute.split("[")[0].strip()
    raise EnvironmentFailed(f"{recipe.package} has no console script {recipe.command}")
