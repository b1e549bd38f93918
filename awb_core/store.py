"""A run is a folder: a lock, one immutable record a trial, and what each trial left behind.

```
RUN/run.json             the lock: versions and digests, the plan, how it was asked for
RUN/trials/<id>.json     one record a trial, committed by an exclusive link
RUN/artifacts/<id>/<n>/  patch, log and evidence of attempt n
RUN/superseded/          records of invalid trials that were run again
RUN/scores.json          scores of `awb rescore`, if any
```
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from awb_core.errors import StoreError, UsageError

SCHEMA = 1
"""Format of the lock and the records; there has been no other. A later one comes with the steps from here to there."""


class RunStore:
    """Reads and writes one run's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def create(cls, root: Path, lock: Mapping[str, Any]) -> RunStore:
        """Make the folder of a new run.

        Raises:
            UsageError: there is a run already.
            StoreError: the folder cannot be written.
        """
        if (root / "run.json").exists():
            message = f"{root} holds a run already; continue it with `awb resume {root}`"
            raise UsageError(message)
        store = cls(root)
        with _explained(root):
            for name in ("trials", "artifacts", "superseded"):
                (root / name).mkdir(parents=True, exist_ok=True)
            _write_exclusive(root / "run.json", _dump(lock))
        return store

    @classmethod
    def open(cls, root: Path) -> RunStore:
        """Open an existing run.

        Raises:
            UsageError: there is none.
        """
        if not (root / "run.json").is_file():
            message = f"{root} is not a run: it has no run.json"
            raise UsageError(message)
        return cls(root)

    @property
    def lock(self) -> dict[str, Any]:
        """The run's lock."""
        return _load(self.root / "run.json")

    def commit(self, record: Mapping[str, Any]) -> bool:
        """Write a trial's record whole or not at all; return whether it was the first.

        Raises:
            StoreError: it cannot be written, for example because the disk is full.
        """
        with _explained(self.root):
            return _write_exclusive(self.root / "trials" / f"{record['id']}.json", _dump(record))

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the committed records by trial id."""
        for path in sorted((self.root / "trials").glob("*.json")):
            yield _load(path)

    def committed(self) -> set[str]:
        """Return the ids of trials that have a record."""
        return {path.stem for path in (self.root / "trials").glob("*.json")}

    def supersede(self, trial: str) -> None:
        """Set an invalid trial's record aside, so that the trial can be run again."""
        target = self.root / "superseded" / f"{trial}-{secrets.token_hex(4)}.json"
        with _explained(self.root):
            (self.root / "trials" / f"{trial}.json").rename(target)

    def artifacts(self, trial: str) -> Path:
        """Return a new folder for the next attempt at a trial."""
        base = self.root / "artifacts" / trial
        with _explained(self.root):
            base.mkdir(parents=True, exist_ok=True)
            for number in range(1, 10_000):
                folder = base / str(number)
                with contextlib.suppress(FileExistsError):
                    folder.mkdir()
                    return folder
        raise StoreError(f"{base}: too many attempts")

    def write_scores(self, scores: Mapping[str, Any]) -> None:
        """Write the scores of a rescoring beside the records, which stay as they are."""
        with _explained(self.root):
            write_whole(self.root / "scores.json", _dump(scores))

    def scores(self) -> dict[str, Any]:
        """Return the scores of the last rescoring; empty if there was none."""
        path = self.root / "scores.json"
        return _load(path) if path.is_file() else {}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Hold the run for this process, so that two do not work on it at once.

        Raises:
            UsageError: another process holds it.
        """
        with _explained(self.root):
            stream = (self.root / "run.lock").open("w")
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = f"{self.root} is being run by another process"
                raise UsageError(message) from None
            for path in (self.root / "trials").glob(".*"):
                path.unlink()  # begun by a process that was killed
            yield


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, in the place of an older one.

    Raises:
        OSError: it cannot be written; the older one is as it was.
    """
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _dump(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _load(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise StoreError(f"{path}: is not a record")
    form = value.get("schema", SCHEMA)
    if form != SCHEMA:
        message = f"{path}: is in format {form!r}, this awb-core reads format {SCHEMA}: update it"
        raise StoreError(message)
    return value


def _write_exclusive(path: Path, data: bytes) -> bool:
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
    finally:
        temporary.unlink(missing_ok=True)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return True


@contextmanager
def _explained(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            message = f"{root}: the disk is full; free some space, then `awb resume {root}`"
        else:
            message = f"{root}: cannot be written: {error.strerror or error}"
        raise StoreError(message) from error
