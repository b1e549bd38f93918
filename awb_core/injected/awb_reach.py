"""Look for answers in everything that can be read from inside an agent's sandbox.

The request comes on stdin: `{"lines": [digests], "sums": [numbers], "files": [digests], "sizes": [numbers], "yranac":
text, "work": [names of the start]}`. Digests are the first 16 hexadecimal digits of sha256; sums are the CRC-32 of the
same lines, sizes those of the same files: they spare most digests. The canary is written backwards, so that the
request itself is no find wherever it may lie. The reply is one JSON object: `{"seen": {path: lines found},
"files": [paths], "canary": [paths], "scanned": count}`.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import zlib

SKIPPED = ("/proc", "/sys", "/dev")
LARGEST = 4 << 20


def main() -> None:
    """Walk everything, then read the environment and the commands of other processes."""
    request = json.loads(sys.stdin.read())
    lines, sums = set(request["lines"]), set(request["sums"])
    files, sizes = set(request["files"]), set(request["sizes"])
    canary = request["yranac"][::-1].encode()
    reply: dict[str, object] = {"seen": {}, "files": [], "canary": [], "scanned": 0}
    for path in [*walk("/"), *processes()]:
        data = read(path)
        if data is None:
            continue
        reply["scanned"] += 1  # type: ignore[operator]
        if canary and canary in data:
            reply["canary"].append(path)  # type: ignore[attr-defined]
        if len(data) in sizes and digest(data) in files and path not in request["work"]:
            reply["files"].append(path)  # type: ignore[attr-defined]
        if b"\0" in data[:1024]:
            continue
        found = data.splitlines()
        if sums.isdisjoint(map(zlib.crc32, map(bytes.strip, found))):
            continue
        common = lines & {digest(line.strip()) for line in found}
        if common and path not in request["work"]:
            reply["seen"][path] = sorted(common)  # type: ignore[index]
    json.dump(reply, sys.stdout)


def walk(top: str) -> list[str]:
    """Return every regular file that can be reached, links left alone."""
    found = []
    for folder, folders, names in os.walk(top):
        if folder.startswith(SKIPPED):
            folders[:] = []
            continue
        found += [os.path.join(folder, name) for name in names]  # noqa: PTH118 - plain and quick
    return found


def processes() -> list[str]:
    """Return the environment and the command of each process that can be seen."""
    return [
        f"/proc/{name}/{part}"
        for name in os.listdir("/proc")  # noqa: PTH208 - plain and quick
        if name.isdigit()
        for part in ("environ", "cmdline")
    ]


def read(path: str) -> bytes | None:
    """Return the content of a regular file that is not very large."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return None
        with open(path, "rb") as stream:  # noqa: PTH123 - plain and quick
            return stream.read(LARGEST)
    except OSError:
        return None


def digest(data: bytes) -> str:
    """Return what stands for a line or a file."""
    return hashlib.sha256(data).hexdigest()[:16]


if __name__ == "__main__":
    main()
