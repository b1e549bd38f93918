"""awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41

The import graph tells the truth: no import by name at run time, no code from text, no way back through the front.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

LAYERS = {"cli", "reporting", "services", "storage", "domain"}
CALLS = {"exec", "eval", "__import__", "compile", "globals", "import_module", "run_module", "run_path"}
MODULES = {"importlib", "runpy", "imp", "pkgutil"}


def measure(root: Path) -> dict[str, Any]:
    """1 if nothing is found, else 0."""
    items = []
    for file in sorted((root / "src").rglob("*.py")):
        place = file.relative_to(root / "src").as_posix()
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError, UnicodeDecodeError, RecursionError):
            continue
        front = place in ("backoffice.py", "backoffice/__init__.py", "backoffice/__main__.py")
        for node in ast.walk(tree):
            reason = _reason(node, front)
            if reason:
                items.append({"id": f"{place}:{node.lineno}", "credit": 0.0, "note": reason})
    return {"value": 0.0 if items else 1.0, "items": items}


def _reason(node: ast.AST, front: bool) -> str:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
        if MODULES & {name.partition(".")[0] for name in names}:
            return "imports by name"
        if not front and "backoffice" in names:
            return "imports the front"
    if isinstance(node, ast.ImportFrom):
        if (node.module or "").partition(".")[0] in MODULES:
            return "imports by name"
        whole = node.module == "backoffice" and not node.level
        if not front and whole and not {alias.name for alias in node.names} <= LAYERS:
            return "imports the front"
        if not front and node.level >= 2 and node.module is None and not {alias.name for alias in node.names} <= LAYERS:
            return "imports the front" if node.level > 2 else ""
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        if name == "compile" and isinstance(called, ast.Attribute):
            return ""
        if name in CALLS:
            return f"calls {name}"
    if isinstance(node, ast.Attribute) and node.attr == "modules" and isinstance(node.value, ast.Name) and node.value.id == "sys":
        return "uses sys.modules"
    return ""
