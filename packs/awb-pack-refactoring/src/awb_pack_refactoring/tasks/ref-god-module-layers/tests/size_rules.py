"""awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41

Length of the longest module, in lines that are neither blank nor comments.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def measure(root: Path) -> dict[str, Any]:
    """Every Python file in the source folder counts."""
    sizes = {}
    for file in sorted((root / "src").rglob("*.py")):
        lines = (line.strip() for line in file.read_text(encoding="utf-8", errors="replace").splitlines())
        sizes[file.relative_to(root / "src").as_posix()] = sum(1 for line in lines if line and not line.startswith("#"))
    longest = sorted(sizes.items(), key=lambda entry: -entry[1])[:10]
    items = [{"id": name, "credit": 1.0 if size <= 320 else 320 / size, "note": f"{size} lines"} for name, size in longest]
    return {"value": max(sizes.values(), default=4000), "items": items}
