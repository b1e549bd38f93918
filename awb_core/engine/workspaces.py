"""Compare a finished workspace with its start: protected files, changes, patch."""

from __future__ import annotations

import difflib
import io
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from awb_core.tree import digest_file, matches, walk

TEXT_BYTES = 1 << 20
"""Larger files are named in a patch, not shown."""

PATCH_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a workflow did to the files."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    modified: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.modified)


def restore_protected(start: Path, finished: Path, globs: Iterable[str]) -> tuple[str, ...]:
    """Make protected files what they were, drop added ones, and return the names that had changed."""
    globs = tuple(globs)
    if not globs:
        return ()
    touched: list[str] = []
    before = {name for name in walk(start) if matches(name, globs)}
    after = {name for name in walk(finished) if matches(name, globs)}
    for name in sorted(after - before):
        (finished / name).unlink()
        touched.append(name)
    for name in sorted(before):
        if name in after and _same(start / name, finished / name):
            continue
        place = finished / name
        _clear_way(finished, place)
        shutil.copy(start / name, place)
        touched.append(name)
    return tuple(touched)


def compare(start: Path, finished: Path) -> Changes:
    """Return which files differ."""
    before, after = set(walk(start)), set(walk(finished))
    return Changes(
        added=tuple(sorted(after - before)),
        removed=tuple(sorted(before - after)),
        modified=tuple(sorted(n for n in before & after if not _same(start / n, finished / n))),
    )


def patch_of(start: Path, finished: Path, changes: Changes) -> str:
    """Return the changes as a unified diff; binary and very large files are only named."""
    pieces: list[str] = []
    size = 0
    for name in sorted((*changes.added, *changes.removed, *changes.modified)):
        for line in _diff(start / name, finished / name, name):
            size += len(line)
            if size > PATCH_BYTES:
                pieces.append(
                    f"\n# the rest of the patch is left out: more than {PATCH_BYTES} bytes\n"
                )
                return "".join(pieces)
            pieces.append(line)
    return "".join(pieces)


def _diff(before: Path, after: Path, name: str) -> Iterator[str]:
    old, new = _lines(before), _lines(after)
    if old is None or new is None:
        yield f"Binary files a/{name} and b/{name} differ\n"
        return
    one = f"a/{name}" if before.is_file() else "/dev/null"
    two = f"b/{name}" if after.is_file() else "/dev/null"
    for line in difflib.unified_diff(old, new, one, two):
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"


def _lines(path: Path) -> list[str] | None:
    if not path.is_file():
        return []
    if path.stat().st_size > TEXT_BYTES:
        return None
    try:
        # Only a newline ends a line of a patch; `splitlines` splits at form feeds, too.
        return io.StringIO(path.read_bytes().decode("utf-8"), newline="\n").readlines()
    except UnicodeDecodeError:
        return None


def _same(one: Path, two: Path) -> bool:
    a, b = one.stat(), two.stat()
    return (
        a.st_size == b.st_size
        and a.st_mode & 0o100 == b.st_mode & 0o100
        and digest_file(one) == digest_file(two)
    )


def _clear_way(root: Path, place: Path) -> None:
    """Remove a file or link that stands where a folder must be, or what stands where the file must be."""
    for parent in reversed([p for p in place.parents if p.is_relative_to(root) and p != root]):
        if parent.is_file() or parent.is_symlink():
            parent.unlink()
        parent.mkdir(exist_ok=True)
    if place.is_symlink():
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)
