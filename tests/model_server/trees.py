"""A starting workspace and a solved one with everything that is hard to carry through an agent's shell."""

from __future__ import annotations

import random
from pathlib import Path

TRICKY = "".join(
    (
        "'single' \"double\" `back` $HOME $(echo no) ${x:-y} \\n \\\\ !! %s %d\n",
        "\ttab\n",
        "EOF\n'EOF'\nAWB_EOF\n*** End Patch\n",
        "<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n",
        "```\n````\n",
        "form\x0cfeed, carriage\rreturn, nul\x00, no end of line",
    )
)


def make_trees(top: Path) -> tuple[Path, Path]:
    """Return a starting workspace and the solved one."""
    start, solved = top / "start", top / "solved"
    noise = random.Random(7)
    for folder in (start, solved):
        put(folder / "same.txt", "the same\n")
        put(folder / "pkg" / "kept.py", "KEPT = 1\n")
        put(folder / "tools" / "was_executable.sh", "#!/bin/sh\n", executable=folder == start)
    put(start / "changed.py", "old = 1\n")
    put(start / "removed.py", "gone = 1\n")
    put(start / "old folder" / "it's gone.txt", "gone\n")
    put(start / "becomes_folder", "a file\n")
    put(start / "becomes_file" / "inner.txt", "in a folder\n")
    put(solved / "becomes_folder" / "inner.txt", "in a folder\n")
    put(solved / "becomes_file", "a file\n")
    put(solved / "changed.py", "new = 2\n")
    put(solved / "run.sh", "#!/bin/sh\necho hi\n", executable=True)
    put(solved / "tools" / "made.py", "print('hi')\n", executable=True)
    put(solved / "tricky.txt", TRICKY)
    put(solved / "-dash.txt", "a name like an option\n")
    put(solved / "ünïcode 漢字" / "näme with spaces.txt", "žluťoučký kůň 漢字 🐎\n")
    put(solved / "empty.txt", "")
    put(solved / "blob.bin", noise.randbytes(30_000))
    put(solved / "large.csv", "".join(f"{noise.random()},{i}\n" for i in range(9_000)))
    for number in range(60):
        put(solved / "many" / f"f{number}.py", f"VALUE = {number}\n")
    return start, solved


def put(path: Path, content: str | bytes, *, executable: bool = False) -> None:
    """Write a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o755 if executable else 0o644)
