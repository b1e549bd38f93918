"""Read trees and messages of a git repository; nothing in it is changed, and no filter or hook of it runs."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from awb_core.errors import UsageError
from awb_core.tree import GENERATED

MOST_BYTES = 256 << 20
"""Largest tree that is read."""

_URL = re.compile(r"[a-z][a-z0-9+.-]*://|[^/\s]+@[^/\s]+:")
_TRAILER = re.compile(
    r"(?i)^((signed-off|co-authored|reviewed|tested|acked)-by|change-id|cc): |^(fixes|closes|refs?):? #\d"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a tree."""

    data: bytes
    executable: bool = False

    @property
    def text(self) -> str | None:
        """The content as text; None if it is none."""
        try:
            return None if b"\0" in self.data else self.data.decode("utf-8")
        except UnicodeDecodeError:
            return None


Tree = Mapping[str, File]
"""Files by relative path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Two commits, and what was said between them."""

    base: str
    fix: str
    before: Tree
    after: Tree
    messages: tuple[str, ...]
    """Messages of the commits after BASE up to FIX, the last one first, without trailers."""
    left_out: tuple[str, ...]
    """Links and submodules of either tree, which a workspace cannot have."""


def read_range(source: str, commits: str) -> Range:
    """Read BASE..FIX of a repository, which is a folder or the address of one.

    Raises:
        UsageError: there is no such repository or commit, or BASE does not come before FIX.
    """
    base, dots, fix = commits.partition("..")
    if not dots or not base or not fix or fix.startswith("."):
        raise UsageError(f"{commits!r} is no range of commits: BASE..FIX, for example v1.2..v1.3")
    with _opened(source) as folder:
        first, last = _commit(folder, base), _commit(folder, fix)
        if first == last:
            raise UsageError(f"{commits}: both are the same commit, {first[:12]}")
        if _git(folder, "merge-base", "--is-ancestor", first, last).returncode:
            raise UsageError(f"{commits}: {base} does not come before {fix}")
        before, after = _tree(folder, first), _tree(folder, last)
        log = _out(folder, "log", "--format=%B%x00", f"{first}..{last}").decode(errors="replace")
        return Range(
            base=first,
            fix=last,
            before=before[0],
            after=after[0],
            messages=tuple(filter(None, map(_without_trailers, log.split("\0")))),
            left_out=tuple(sorted({*before[1], *after[1]})),
        )


def write_tree(tree: Tree, folder: Path) -> Path:
    """Write files below a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        if file.executable:
            path.chmod(0o755)
    return folder


@contextmanager
def _opened(source: str) -> Iterator[Path]:
    folder = Path(source).expanduser()
    if folder.is_dir():
        if _git(folder, "rev-parse", "--git-dir").returncode:
            raise UsageError(f"{source}: is no git repository")
        yield folder
        return
    if not _URL.match(source):
        raise UsageError(f"{source}: no such folder; give the path or the address of a repository")
    with tempfile.TemporaryDirectory(prefix="awb-clone-") as scratch:
        done = _git(Path(scratch), "clone", "--quiet", "--bare", "--", source, "clone")
        if done.returncode:
            raise UsageError(f"{source}: cannot be cloned: {_words(done)}")
        yield Path(scratch) / "clone"


def _commit(folder: Path, name: str) -> str:
    done = _git(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if done.returncode or name.startswith("-"):
        raise UsageError(f"there is no commit {name!r} in {folder}")
    return done.stdout.decode().strip()


def _tree(folder: Path, commit: str) -> tuple[dict[str, File], list[str]]:
    """Return the files of a commit, and the names that cannot be files of a workspace."""
    entries: list[tuple[str, str, bool]] = []
    left_out: list[str] = []
    for line in _out(folder, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
        if not line:
            continue
        facts, _, raw = line.partition(b"\t")
        mode, _, identity = facts.decode().split(" ")
        name = raw.decode("utf-8", errors="replace")
        if not mode.startswith("100") or "\ufffd" in name or "\n" in name:
            left_out.append(name)
        elif not GENERATED & set(name.split("/")) and not name.endswith(".pyc"):
            entries.append((name, identity, mode == "100755"))
    contents = _contents(folder, [identity for _, identity, _ in entries])
    return {
        name: File(data=data, executable=executable)
        for (name, _, executable), data in zip(entries, contents, strict=True)
    }, left_out


def _contents(folder: Path, identities: list[str]) -> Iterator[bytes]:
    stream = _out(folder, "cat-file", "--batch", stdin="\n".join([*identities, ""]).encode())
    if len(stream) > MOST_BYTES:
        raise UsageError(f"the tree has more than {MOST_BYTES >> 20} MiB: too much for a task")
    place = 0
    for _ in identities:
        end = stream.index(b"\n", place)
        size = int(stream[place:end].split(b" ")[2])
        yield stream[end + 1 : end + 1 + size]
        place = end + 1 + size + 1


def _without_trailers(message: str) -> str:
    lines = [line.rstrip() for line in message.strip().splitlines()]
    return "\n".join(line for line in lines if not _TRAILER.match(line)).strip()


def _out(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    done = _git(folder, *arguments, stdin=stdin)
    if done.returncode:
        raise UsageError(f"git {arguments[0]} failed: {_words(done)}")
    return done.stdout


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            input=stdin,
            capture_output=True,
            check=False,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1"},
        )
    except FileNotFoundError:
        raise UsageError("git is not installed: apt-get install git") from None


def _words(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return next(iter([*fatal, *reversed(lines)]), f"exit {done.returncode}")
