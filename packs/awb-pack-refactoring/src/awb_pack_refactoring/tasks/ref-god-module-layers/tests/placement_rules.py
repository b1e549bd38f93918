"""awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41

Share of the architecture reached: public names defined in their modules, and SQL statements in the storage.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

HOMES = json.loads((Path(__file__).parent / "homes.json").read_text(encoding="utf-8"))["homes"]
SQL = re.compile(
    r"\s*(select\b.*?\bfrom\b|select\s+\d|insert\s+(or\s+\w+\s+)?into\b|update\s+\w+\s+set\b|delete\s+from\b"
    r"|create\s+table\b|replace\s+into\b)",
    re.IGNORECASE | re.DOTALL,
)
NAME_WEIGHT = 0.5


def measure(root: Path) -> dict[str, Any]:
    """Half for the names at home, half for the statements in the storage."""
    package = root / "src" / "backoffice"
    items, right = [], 0
    for name, home in HOMES.items():
        found = any(_defines(tree, name) for tree in _trees(package, home))
        right += found
        items.append({"id": f"{name} in {home}", "credit": float(found), "note": "" if found else "not defined there"})
    inside = outside = 0
    places: dict[str, int] = {}
    for file in sorted((root / "src").rglob("*.py")):
        count = _statements(_parse(file))
        place = file.relative_to(root / "src").as_posix()
        if place.startswith("backoffice/storage/"):
            inside += count
        elif count:
            outside += count
            places[place] = count
    share = inside / (inside + outside) if inside + outside else 0.0
    note = ", ".join(f"{place}: {count}" for place, count in places.items())
    items.append({"id": "SQL in the storage", "credit": share, "weight": len(HOMES), "note": note[:400]})
    return {"value": NAME_WEIGHT * right / len(HOMES) + (1 - NAME_WEIGHT) * share, "items": items}


def _trees(package: Path, home: str) -> list[ast.Module]:
    """The module itself, or all modules of a package of that name."""
    place = package.joinpath(*home.split("."))
    files = [place.with_name(place.name + ".py"), *sorted(place.rglob("*.py"))]
    return [_parse(file) for file in files if file.is_file()]


def _parse(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, UnicodeDecodeError, RecursionError):
        return ast.Module([], [])


def _defines(tree: ast.Module, name: str) -> bool:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return not _forwards(node)
        if isinstance(node, ast.ClassDef) and node.name == name:
            return True
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return not isinstance(node.value, ast.Name | ast.Attribute | None)
    return False


def _forwards(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A function that only calls its namesake elsewhere does not live here."""
    body = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    body = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    if len(body) != 1 or not isinstance(body[0], ast.Return | ast.Expr) or not isinstance(body[0].value, ast.Call):
        return False
    called = body[0].value.func
    target = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return target.strip("_").removesuffix("_impl") == function.name.strip("_")


def _statements(tree: ast.Module) -> int:
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    count = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            text = node.value
        else:
            continue
        count += bool(SQL.match(text))
    return count
