"""Edit a workspace from an `inject.py` or a solution script; the current directory is the workspace."""

from __future__ import annotations

import shutil
from pathlib import Path


def replace(path: str, old: str, new: str, *, count: int = 1) -> None:
    """Replace `old`, which must occur exactly `count` times, so that a drifting base is noticed.

    Raises:
        ValueError: `old` occurs more or less often than `count`.
    """
    file = Path(path)
    text = file.read_bytes().decode("utf-8")
    found = text.count(old)
    if found != count:
        message = f"{path}: expected {count} occurrence(s), found {found}: {old[:80]!r}"
        raise ValueError(message)
    file.write_bytes(text.replace(old, new).encode("utf-8"))


def remove(path: str) -> None:
    """Remove a file or a whole folder, which must exist."""
    target = Path(path)
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink()


def write(path: str, text: str) -> None:
    """Write a text file, creating the folders above it."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode("utf-8"))
