"""Make the script that turns a starting workspace into a solved one."""

from __future__ import annotations

import base64
import gzip
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from awb_core.testing.scripts import WHERE, Script, Shell, Write
from awb_core.tree import digest_file, walk

STEP_BYTES = 12_000
"""How long a command may be: OpenHands types commands into a terminal, and one of 60 kB does not get through."""


def script_for_solution(start: Path, solved: Path, *, step_bytes: int = STEP_BYTES) -> Script:
    """Return the script that makes `start` equal to `solved`: contents, executable bits and removed files.

    All of it is done by shell commands of one line with the contents in base64, which survive every way an agent
    runs a command; a file too long for one command comes in pieces. The sandbox needs `sh`, coreutils and
    gzip. Like everywhere, `.git` and generated folders are no part of a workspace.

    For agents without a shell `Script.edits` has the changed text files; they cannot remove files, write binary
    ones or set bits.
    """
    before, after = set(walk(start)), set(walk(solved))
    commands = [*_removals(sorted(before - after))]
    edits: list[Write] = []
    for name in sorted(after):
        old = start / name if name in before else None
        if old is None and ((start / name).is_dir() or (start / name).is_symlink()):
            commands.append(_gone(f"rm -r {shlex.quote(f'./{name}')}"))
        commands += _changes(old, solved / name, name, step_bytes)
        edits += _edits(old, solved / name, name)
    return Script(
        steps=(WHERE, *(Shell(line) for line in _joined(commands, step_bytes))),
        final="Done: the files are as they should be.",
        edits=tuple(edits),
    )


def commands_to_write(content: bytes, name: str, limit: int | None = None) -> Iterator[str]:
    """Yield the commands that write a file: one, or as many as its length asks for if there is a limit to each."""
    packed = gzip.compress(content, mtime=0)
    is_packed = len(packed) < len(content)
    text = base64.b64encode(packed if is_packed else content).decode()
    unpack = "base64 -d | gzip -dc" if is_packed else "base64 -d"
    quoted = shlex.quote(f"./{name}")
    folder = Path(name).parent.as_posix()
    if folder != ".":
        yield f"mkdir -p {shlex.quote(f'./{folder}')}"
    # A tenth is for the words around the data, and what the agent's own wrapping adds.
    size = max(1, limit - limit // 10) if limit else len(text)
    if len(text) <= size:
        yield f"printf %s '{text}' | {unpack} > {quoted}"
        return
    part = shlex.quote(f"./{name}.awb64.")
    for number, at in enumerate(range(0, len(text), size)):
        yield f"printf %s '{text[at : at + size]}' > {part}{number:05d}"
    yield f"cat {part}* | {unpack} > {quoted} && rm {part}*"


def _removals(names: list[str]) -> Iterator[str]:
    """Remove files, and the folders that this empties."""
    for name in names:
        yield _gone(f"rm {shlex.quote(f'./{name}')}")
    folders = {parent for name in names for parent in Path(name).parents if parent != Path()}
    for folder in sorted(folders, key=lambda one: (-len(one.parts), one)):
        yield _gone(f"rmdir {shlex.quote(f'./{folder.as_posix()}')}")


def _gone(command: str) -> str:
    """Word a removal so that nothing asks back, and nothing left to remove is no failure.

    The obvious `rm -f` will not do: Codex refuses to run it.
    """
    return f"{{ {command} </dev/null 2>/dev/null || true; }}"


def _changes(old: Path | None, new: Path, name: str, limit: int) -> Iterator[str]:
    executable = _is_executable(new)
    if old is None or digest_file(old) != digest_file(new):
        yield from commands_to_write(new.read_bytes(), name, limit)
    if executable != (old is not None and _is_executable(old)):
        yield f"chmod {'+x' if executable else '-x'} {shlex.quote(f'./{name}')}"


def _edits(old: Path | None, new: Path, name: str) -> Iterator[Write]:
    if old is not None and digest_file(old) == digest_file(new):
        return
    try:
        before = old.read_bytes().decode() if old is not None else None
        yield Write(name, new.read_bytes().decode(), before)
    except UnicodeDecodeError:
        return


def _joined(commands: Iterable[str], limit: int) -> Iterator[str]:
    """Join commands to as few lines as their length allows."""
    line = ""
    for command in commands:
        if line and len(line) + len(command) > limit:
            yield line
            line = ""
        line = f"{line} && {command}" if line else command
    if line:
        yield line


def _is_executable(path: Path) -> bool:
    return path.stat().st_mode & 0o100 != 0
