"""Read files out of a hostile place: one tar extractor for every sandbox.

The standard library's extraction filter can be escaped on Pythons that are still in use, so this reader accepts
regular files and folders only, checks every name, bounds everything, and opens each path component relative to a
folder it holds open, never following a link.
"""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from awb_core.protocols import Collected
from awb_core.tree import GENERATED

CHUNK = 1 << 20


class Refused(Exception):
    """The whole archive is refused: it is too large, too deep, or broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """Bounds of one extraction."""

    bytes: int = 512 << 20
    members: int = 50_000
    depth: int = 48
    name_bytes: int = 255


@dataclass(kw_only=True)
class _State:
    root: int
    limits: ArchiveLimits
    files: int = 0
    bytes: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def extract(chunks: Iterable[bytes], destination: Path, limits: ArchiveLimits) -> Collected:
    """Extract a tar stream into an empty folder.

    Links, devices, sockets and sparse files are left out and listed; so are names that are not UTF-8.

    Raises:
        Refused: the stream exceeds a limit, leaves the folder, or is not a tar archive.
    """
    destination.mkdir(parents=True, exist_ok=True)
    source = io.BufferedReader(_Bounded(chunks, limits.bytes + (128 << 20)), CHUNK)  # type: ignore[type-var]  # a RawIOBase is enough
    state = _State(
        root=os.open(destination, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW), limits=limits
    )
    try:
        with tarfile.open(fileobj=source, mode="r|", errors="surrogateescape") as archive:
            for count, member in enumerate(archive):
                if count >= limits.members:
                    message = f"more than {limits.members} members"
                    raise Refused(message)
                archive.members = []  # type: ignore[attr-defined]  # keeps a long stream out of memory
                _take(archive, member, state)
    except (tarfile.TarError, UnicodeError, OSError) as error:
        message = f"{type(error).__name__}: {error}"
        raise Refused(message) from error
    finally:
        os.close(state.root)
    return Collected(
        root=destination, files=state.files, bytes=state.bytes, refused=tuple(state.refused)
    )


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, state: _State) -> None:
    parts = _parts(member.name, state.limits)
    if any(part in GENERATED for part in parts) or member.name.endswith(".pyc"):
        return
    reason = _reason_to_refuse(member)
    if reason:
        if len(state.refused) < 1000:
            state.refused.append((_printable("/".join(parts)), reason))
        return
    if member.isdir():
        os.close(_open_folder(state.root, parts))
        return
    if not parts:
        return
    if state.bytes + member.size > state.limits.bytes:
        message = f"more than {state.limits.bytes} bytes of content"
        raise Refused(message)
    _write(archive, member, parts, state)
    state.files += 1
    state.bytes += member.size


def _write(
    archive: tarfile.TarFile, member: tarfile.TarInfo, parts: list[str], state: _State
) -> None:
    source = archive.extractfile(member)
    if source is None:
        message = f"{_printable(member.name)}: no content"
        raise Refused(message)
    folder = _open_folder(state.root, parts[:-1])
    try:
        mode = 0o755 if member.mode & 0o100 else 0o644
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(parts[-1], flags, mode, dir_fd=folder)
    finally:
        os.close(folder)
    with os.fdopen(descriptor, "wb") as target:
        left = member.size
        while left:
            block = source.read(min(CHUNK, left))
            if not block:
                message = f"{_printable(member.name)}: truncated"
                raise Refused(message)
            target.write(block)
            left -= len(block)


def _reason_to_refuse(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return f"link to {_printable(member.linkname)}"
    if member.issparse():
        return "sparse file"
    if not (member.isreg() or member.isdir()):
        return f"not a regular file (type {member.type!r})"
    try:
        member.name.encode()
    except UnicodeEncodeError:
        return "name is not UTF-8"
    return ""


def _parts(name: str, limits: ArchiveLimits) -> list[str]:
    if "\0" in name or name.startswith("/"):
        message = f"absolute or broken name {_printable(name)}"
        raise Refused(message)
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        message = f"name leaves the folder: {_printable(name)}"
        raise Refused(message)
    too_long = any(len(os.fsencode(part)) > limits.name_bytes for part in parts)
    if len(parts) > limits.depth or too_long:
        message = f"name too deep or too long: {_printable(name)}"
        raise Refused(message)
    return parts


def _open_folder(root: int, parts: Iterable[str]) -> int:
    current = os.dup(root)
    try:
        for part in parts:
            with contextlib.suppress(FileExistsError):
                os.mkdir(part, 0o755, dir_fd=current)
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            inner = os.open(part, flags, dir_fd=current)
            os.close(current)
            current = inner
    except BaseException:
        os.close(current)
        raise
    return current


def _printable(name: str) -> str:
    return name[:200].encode("unicode_escape", "backslashreplace").decode("ascii")


class _Bounded(io.RawIOBase):
    """A stream over chunks that refuses to grow beyond a budget."""

    def __init__(self, chunks: Iterable[bytes], budget: int) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._rest = b""
        self._left = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._rest:
            try:
                self._rest = next(self._chunks)
            except StopIteration:
                return 0
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        self._left -= size
        if self._left < 0:
            raise Refused("the archive is larger than its limit")
        return size


def pack(source: Path, *, uid: int = 1000, gid: int = 1000, prefix: str = "") -> Iterator[bytes]:
    """Yield a tar stream of a folder: links are kept as links, never followed; devices are named, not read."""
    for folder, folders, files in os.walk(source):
        folders.sort()
        for name in sorted([*folders, *files]):
            path = os.path.join(folder, name)  # noqa: PTH118 - names may not be UTF-8
            relative = os.path.relpath(path, source)
            yield from _member(path, prefix + relative, uid, gid)
    yield b"\0" * 1024


def _member(path: str, name: str, uid: int, gid: int) -> Iterator[bytes]:
    try:
        status = os.lstat(path)
        info = tarfile.TarFile(fileobj=io.BytesIO(), mode="w").gettarinfo(path, name)
    except (OSError, ValueError, AttributeError):
        return
    if info is None:  # a socket
        return  # type: ignore[unreachable]
    info.uid, info.gid, info.uname, info.gname, info.mtime = uid, gid, "", "", 1_600_000_000
    if info.islnk():
        info.type, info.size = tarfile.REGTYPE, status.st_size
    header = info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    yield header
    if not info.isreg():
        return
    left = info.size
    with open(path, "rb", opener=_no_follow) as stream:
        while left:
            block = stream.read(min(CHUNK, left))
            if not block:
                block = b"\0" * min(CHUNK, left)
            yield block
            left -= len(block)
    yield b"\0" * (-info.size % 512)


def _no_follow(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)
