"""Walk, match and digest folders, leaving out what tools leave behind."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

GENERATED = frozenset(
    {"__pycache__", ".git", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}
)
"""Folders that are never part of a task or of a collected workspace."""


def walk(root: Path) -> Iterator[str]:
    """Yield the regular files below `root` as sorted relative paths with `/`; links are not followed."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in GENERATED)
        for name in sorted(files):
            if name.endswith(".pyc"):
                continue
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix()


def digest_tree(root: Path, names: Iterable[str] | None = None) -> str:
    """Return the sha256 over the names, the executable bits and the contents of a tree."""
    total = hashlib.sha256()
    for name in sorted(walk(root) if names is None else names):
        path = root / name
        executable = path.stat().st_mode & 0o100 != 0
        total.update(f"{name}\0{executable:d}\0{digest_file(path)}\n".encode())
    return total.hexdigest()


def digest_file(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def matches(name: str, globs: Iterable[str]) -> bool:
    """Say whether a relative path matches one of the globs; `**` crosses folders, `*` does not."""
    return any(_pattern(glob).fullmatch(name) for glob in globs)


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    out: list[str] = []
    rest = glob.strip("/")
    while rest:
        if rest.startswith("**/"):
            out.append("(?:[^/]+/)*")
            rest = rest[3:]
        elif rest.startswith("**"):
            out.append(".*")
            rest = rest[2:]
        elif rest[0] == "*":
            out.append("[^/]*")
            rest = rest[1:]
        elif rest[0] == "?":
            out.append("[^/]")
            rest = rest[1:]
        else:
            out.append(re.escape(rest[0]))
            rest = rest[1:]
    return re.compile("".join(out), re.DOTALL)
