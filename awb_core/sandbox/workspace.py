"""Make starting workspaces and solved ones: content-addressed, built once, never changed afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

from awb_core.errors import EnvironmentFailed, WorkspaceFailed
from awb_core.model import Sdist, Task, digest_of
from awb_core.resources import injected
from awb_core.sandbox.archive import ArchiveLimits, Refused, extract
from awb_core.sandbox.cache import cache_root, ensure
from awb_core.sandbox.environment import run_uv
from awb_core.tree import digest_file, digest_tree, matches, walk

SCRIPT_SECONDS = 300
"""Wall limit of an inject, history or solution script."""

TREE = "tree"


def starting_workspace(task: Task) -> Path:
    """Return the folder of the starting state, building it unless it is cached; never write into it.

    Raises:
        WorkspaceFailed: the sdist cannot be had or has another hash, or the task's script fails.
    """
    key = _starting_key(task)
    return ensure("workspaces", key, lambda folder: _build(task, folder / TREE)) / TREE


def solved_workspace(task: Task, rung: str) -> Path:
    """Return the folder of the starting state with a reference solution applied.

    Raises:
        WorkspaceFailed: there is no such rung, or its script fails.
    """
    if rung == "noop":
        return starting_workspace(task)
    overlay, script = task.root / "solution" / rung, task.root / "solution" / f"{rung}.py"
    if not overlay.is_dir() and not script.is_file():
        message = f"{task.id}: there is no solution/{rung}"
        raise WorkspaceFailed(message)
    parts = [_starting_key(task), rung, _edit_digest()]
    parts += [digest_tree(overlay) if overlay.is_dir() else ""]
    parts += [digest_file(script) if script.is_file() else ""]
    start = starting_workspace(task)

    def build(folder: Path) -> None:
        tree = folder / TREE
        shutil.copytree(start, tree, symlinks=True)
        if overlay.is_dir():
            copy_tree(overlay, tree)
        if script.is_file():
            run_script(script, tree, f"{task.id}: solution/{rung}.py")

    return ensure("workspaces", digest_of(parts)[:32], build) / TREE


def copy_tree(source: Path, target: Path) -> None:
    """Copy the regular files of a folder over another, leaving out generated ones."""
    for name in walk(source):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_symlink():
            place.unlink()
        shutil.copy(source / name, place)


def run_script(script: Path, cwd: Path, what: str) -> None:
    """Run one of the pack's own scripts in a folder, with `awb_edit` at hand.

    Raises:
        WorkspaceFailed: it fails or takes too long.
    """
    code = (
        "import runpy, sys; sys.path[:0] = [sys.argv[2]]; sys.argv = sys.argv[1:2];"
        " runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-I", "-B", "-c", code, str(script.resolve())]
    try:
        done = subprocess.run(
            [*command, str(injected("awb_edit.py").parent)],
            cwd=cwd,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SCRIPT_SECONDS,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC", **_GIT},
        )
    except subprocess.TimeoutExpired:
        message = f"{what}: took longer than {SCRIPT_SECONDS} s"
        raise WorkspaceFailed(message) from None
    if done.returncode:
        message = f"{what}: failed\n{done.stderr[-2000:]}"
        raise WorkspaceFailed(message)


_GIT = {
    "GIT_AUTHOR_NAME": "Maintainer",
    "GIT_AUTHOR_EMAIL": "maintainer@example.org",
    "GIT_COMMITTER_NAME": "Maintainer",
    "GIT_COMMITTER_EMAIL": "maintainer@example.org",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


def _edit_digest() -> str:
    return digest_file(injected("awb_edit.py"))


def _starting_key(task: Task) -> str:
    source = task.workspace
    overlay, inject = task.root / "workspace", task.root / "inject.py"
    history = task.root / source.history_script if source.history_script else None
    return digest_of(
        {
            "sdist": [source.sdist.sha256, source.sdist.remove] if source.sdist else None,
            "overlay": digest_tree(overlay) if overlay.is_dir() else None,
            "inject": [digest_file(inject), _edit_digest()] if inject.is_file() else None,
            "history": digest_file(history) if history else source.history,
        }
    )[:32]


def _build(task: Task, tree: Path) -> None:
    tree.mkdir()
    source = task.workspace
    if source.sdist is not None:
        _unpack(source.sdist, tree)
    if (task.root / "workspace").is_dir():
        copy_tree(task.root / "workspace", tree)
    if (task.root / "inject.py").is_file():
        run_script(task.root / "inject.py", tree, f"{task.id}: inject.py")
    if source.history:
        _make_history(task, tree)


def _make_history(task: Task, tree: Path) -> None:
    if task.workspace.history_script:
        script = task.root / task.workspace.history_script
        run_script(script, tree, f"{task.id}: {script.name}")
        return
    commands = (
        ["git", "init", "--quiet", "--initial-branch", "main"],
        ["git", "add", "--all", "--force"],
        ["git", "commit", "--quiet", "--message", "Import"],
    )
    for command in commands:
        try:
            subprocess.run(
                command, cwd=tree, check=True, capture_output=True, env={**os.environ, **_GIT}
            )
        except FileNotFoundError:
            message = f"{task.id}: needs git for its history: apt-get install git"
            raise WorkspaceFailed(message) from None
        except subprocess.CalledProcessError as error:
            message = f"{task.id}: {' '.join(command)} failed: {error.stderr.decode()[-500:]}"
            raise WorkspaceFailed(message) from error


def _unpack(sdist: Sdist, tree: Path) -> None:
    archive = fetch_sdist(sdist)
    with tempfile.TemporaryDirectory(dir=tree.parent) as scratch:
        try:
            with tarfile.open(archive) as tar:
                stream = tar.fileobj
                if stream is None:  # pragma: no cover - an open archive has one
                    raise WorkspaceFailed(f"{archive}: cannot be read")
                stream.seek(0)
                chunks = iter(lambda: stream.read(1 << 20), b"")
                extract(chunks, Path(scratch), ArchiveLimits())
        except (Refused, tarfile.TarError, OSError) as error:
            message = f"{sdist.name} {sdist.version}: cannot be unpacked: {error}"
            raise WorkspaceFailed(message) from error
        tops = list(Path(scratch).iterdir())
        if len(tops) != 1 or not tops[0].is_dir():
            message = f"{sdist.name} {sdist.version}: has no single top folder"
            raise WorkspaceFailed(message)
        for name in walk(tops[0]):
            if not matches(name, sdist.remove):
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                (tops[0] / name).rename(tree / name)


def fetch_sdist(sdist: Sdist) -> Path:
    """Return the file of a pinned sdist, from the cache or from the package index of uv's settings.

    No build backend runs: uv resolves the file's address, the hash decides.

    Raises:
        WorkspaceFailed: the index cannot be reached, has no such file, or the hash differs.
    """
    what = f"{sdist.name} {sdist.version}"
    place = cache_root() / "sdists" / f"{sdist.sha256}.tar.gz"
    if place.is_file() and digest_file(place) == sdist.sha256:
        return place
    address = _address(sdist, what)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as target:
        try:
            with urllib.request.urlopen(address, timeout=120) as stream:
                shutil.copyfileobj(stream, target)
        except (urllib.error.URLError, OSError, TimeoutError) as error:
            Path(target.name).unlink(missing_ok=True)
            message = f"{what}: cannot be fetched from the package index: {error}"
            raise WorkspaceFailed(message) from error
    found = digest_file(Path(target.name))
    if found != sdist.sha256:
        Path(target.name).unlink()
        message = f"{what}: has sha256 {found}, expected {sdist.sha256}"
        raise WorkspaceFailed(message)
    Path(target.name).rename(place)
    return place


def _address(sdist: Sdist, what: str) -> str:
    try:
        lock = run_uv(
            *(
                "pip",
                "compile",
                "--quiet",
                "--no-deps",
                "--no-header",
                "--format",
                "pylock.toml",
                "-",
            ),
            stdin=f"{sdist.name}=={sdist.version}\n",
            cwd=Path(tempfile.gettempdir()),
        )
    except EnvironmentFailed as error:
        message = f"{what}: cannot be found on the package index: {error}"
        raise WorkspaceFailed(message) from error
    packages = tomllib.loads(lock).get("packages", [])
    entry = packages[0].get("sdist") if packages else None
    if not entry:
        message = f"{what}: the package index has no source distribution"
        raise WorkspaceFailed(message)
    found = entry["hashes"].get("sha256", "")
    if found != sdist.sha256:
        message = f"{what}: the index offers sha256 {found}, expected {sdist.sha256}"
        raise WorkspaceFailed(message)
    return str(entry["url"])
