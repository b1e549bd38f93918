"""1.0 if no module of the package has changed apart from docstrings and comments.

awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""

from __future__ import annotations

import ast
import hashlib
import json
from pathlib import Path

DIGESTS = json.loads(Path(__file__).with_name("digests.json").read_text(encoding="utf-8"))["modules"]


def measure(root: Path) -> dict:
    """Share of the modules that are as they were; a module too many counts as a changed one."""
    root = Path(root)
    found = {path.relative_to(root).as_posix(): path for path in (root / "mako").rglob("*.py")}
    items = []
    for name in sorted({*DIGESTS, *found}):
        kept = name in found and name in DIGESTS and digest(found[name]) == DIGESTS[name]
        items.append({"id": name, "credit": float(kept), "note": "" if kept else "its code differs"})
    return {"value": sum(item["credit"] for item in items) / len(items), "items": items}


def digest(path: Path) -> str:
    """A digest of the syntax tree without bare strings, the same in every version of Python."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return ""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [statement for statement in body if not _is_text(statement)]
    return hashlib.sha256(_dump(tree).encode()).hexdigest()


def _dump(node: object) -> str:
    """Write a tree down without what is empty: versions differ in which fields they have and dump."""
    if isinstance(node, list):
        return "[" + ", ".join(map(_dump, node)) + "]"
    if not isinstance(node, ast.AST):
        return ascii(node)
    fields = (f"{name}={_dump(value)}" for name, value in ast.iter_fields(node) if value not in (None, []))
    return f"{type(node).__name__}({', '.join(fields)})"


def _is_text(statement: ast.AST) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(statement, ast.Expr) and isinstance(value, ast.Constant) and isinstance(value.value, str)
