"""awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41

Share of all branches that stand in functions with a cyclomatic complexity above ten.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

LIMIT = 10
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)


def measure(root: Path) -> dict[str, Any]:
    """Complexity of long functions over that of all functions."""
    total = heavy = 0
    items = []
    for file in sorted((root / "src").rglob("*.py")):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError, UnicodeDecodeError, RecursionError):
            return {"value": 1.0, "items": [{"id": file.name, "credit": 0.0, "note": "cannot be parsed"}]}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                value = complexity(node)
                total += value
                if value > LIMIT:
                    heavy += value
                    items.append({"id": f"{file.stem}.{node.name}", "credit": LIMIT / value, "note": f"complexity {value}"})
    return {"value": heavy / total if total else 1.0, "items": items}


def complexity(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """One, and one for each branch, as ruff counts for C901."""
    value = 1
    for node in ast.walk(function):
        value += isinstance(node, BRANCHES)
        if isinstance(node, ast.Try | ast.For | ast.AsyncFor | ast.While):
            value += bool(node.orelse)
    return value
