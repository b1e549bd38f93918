"""Folders for a short time, named after the process that made them, so that what a killed process left is found."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "awb-"


def named(kind: str) -> str:
    """Return how the names of folders of this process begin."""
    return f"{PREFIX}{os.getpid()}-{kind}-"


def scratch_folder(kind: str) -> tempfile.TemporaryDirectory[str]:
    """Return an empty folder that is removed at the end of its `with` block."""
    return tempfile.TemporaryDirectory(prefix=named(kind))


def stale(folder: Path, pattern: str = "*-*-*") -> Iterator[Path]:
    """Yield what stands in a folder under the name of a process that is gone."""
    for place in folder.glob(PREFIX + pattern):
        owner = place.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            yield place


def stale_scratch() -> Iterator[Path]:
    """Yield the folders that killed processes left behind."""
    return stale(Path(tempfile.gettempdir()))
