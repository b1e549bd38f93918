"""Lay out an agent's HOME in a sandbox, and read from it what the agent reports there."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from awb_core.adapters.agents import claims
from awb_core.errors import SandboxFailed
from awb_core.protocols import Command, Sandbox
from awb_core.sandbox.workspace import copy_tree
from awb_core.scratch import scratch_folder

FILE_BYTES = 16 << 20
"""How much of the end of a collected file is kept."""
COLLECT_BYTES = 64 << 20
SECONDS = 60

COPY = 'cp -R "$1/." "$HOME/" && chmod -R u+rwX "$HOME"'
COLLECT = """cd "$HOME" || exit
for file in $1; do
  [ -f "$file" ] || continue
  printf '%s' "$file" | base64 -w0; printf ' '; tail -c "$2" "$file" | base64 -w0; echo
done"""


def lay_out(sandbox: Sandbox, files: Mapping[str, str | bytes], overlay: Path | None) -> None:
    """Write files below HOME, and over them what a workflow brings for HOME.

    Where both bring a JSON object, the workflow's keys are laid over the agent's.

    Raises:
        SandboxFailed: they cannot be written.
    """
    with scratch_folder("home") as scratch:
        home = Path(scratch, "home")
        home.mkdir()
        if overlay is not None and (overlay / "home").is_dir():
            copy_tree(overlay / "home", home)
        for name, data in files.items():
            _write(home / name, data.encode() if isinstance(data, str) else data)
        if any(home.iterdir()):
            sandbox.put(Path(scratch), hidden=True)
            _copy(sandbox)


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_file():
        ours, theirs = claims.load(data), claims.load(place.read_bytes())
        if not ours or not theirs:
            return
        data = json.dumps(_merged(ours, theirs), sort_keys=True).encode()
    place.write_bytes(data)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = _merged(old, value)
        merged[key] = value
    return merged


def _copy(sandbox: Sandbox) -> None:
    argv = ["sh", "-c", COPY, "sh", f"{sandbox.hidden}/home"]
    result = sandbox.run(Command(argv=argv, env={"HOME": sandbox.home}, seconds=SECONDS))
    if result.exit_code:
        words = result.stderr.decode("utf-8", errors="replace").strip()[-500:]
        raise SandboxFailed(f"the agent's HOME cannot be laid out: {words}")


def collect(sandbox: Sandbox, patterns: Iterable[str]) -> dict[str, bytes]:
    """Return the files below HOME that match, by their relative path; nothing if that cannot be had."""
    wanted = " ".join(patterns)
    if not wanted:
        return {}
    argv = ["sh", "-c", COLLECT, "sh", wanted, str(FILE_BYTES)]
    command = Command(
        argv=argv, env={"HOME": sandbox.home}, seconds=SECONDS, keep_bytes=COLLECT_BYTES
    )
    try:
        result = sandbox.run(command)
    except SandboxFailed:
        # Some sandboxes end with a command that ran too long, and a report is not worth a trial.
        return {}
    files: dict[str, bytes] = {}
    for line in result.stdout.splitlines():
        name, _, data = line.partition(b" ")
        with contextlib.suppress(ValueError):
            path = base64.b64decode(name, validate=True).decode("utf-8", errors="replace")
            files[path] = base64.b64decode(data, validate=True)
    return files
