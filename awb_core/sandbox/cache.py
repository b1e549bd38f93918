"""A folder of content-addressed things: each is built once, under a lock, and appears whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from awb_core.errors import AwbError

COMPLETE = ".awb-complete"


def cache_root() -> Path:
    """Return the cache folder: `$AWB_CACHE_DIR`, else `awb` in the user's cache folder."""
    chosen = os.environ.get("AWB_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "awb")


def is_cached(kind: str, key: str) -> bool:
    """Say whether an entry is there and complete."""
    return (cache_root() / kind / key / COMPLETE).is_file()


def ensure(kind: str, key: str, build: Callable[[Path], None]) -> Path:
    """Return the folder of an entry; `build` fills it, in place, if it is not complete.

    Raises:
        AwbError: the cache folder cannot be written.
    """
    entry = cache_root() / kind / key
    if (entry / COMPLETE).is_file():
        return entry
    with locked(f"{kind}-{key}"):
        if (entry / COMPLETE).is_file():
            return entry
        shutil.rmtree(entry, ignore_errors=True)
        entry.mkdir(parents=True)
        try:
            build(entry)
        except BaseException:
            shutil.rmtree(entry, ignore_errors=True)
            raise
        (entry / COMPLETE).touch()
    return entry


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock between processes and threads."""
    folder = cache_root() / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / name).open("w")
    except OSError as error:
        message = f"the cache {cache_root()} cannot be written: {error.strerror}; set AWB_CACHE_DIR"
        raise AwbError(message) from error
    with stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
