"""Read the statements in docstrings, without importing anything.

awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

_FIELD = re.compile(r"^\s*:(param|type|raises|raise|rtype)\b[ \t]*([^:]*?)[ \t]*:(?!\w+:`)(.*)$")
_DEFAULT = re.compile(r"\bdefaults\s+to\s+``(.+?)``", re.IGNORECASE | re.DOTALL)
_ROLE = re.compile(r":[a-z:]+:`[.~!]*(?:[\w.]*\.)?(\w+)`")

Fact = tuple[str, str, str, str]
"""Object, kind of statement, name it is about, value."""


def facts(root: Path) -> set[Fact]:
    """All statements in the docstrings of the package `mako`."""
    found: set[Fact] = set()
    for path in sorted((root / "mako").rglob("*.py")):
        module = path.relative_to(root).as_posix()
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError, OSError):
            continue
        for name, node in _documented(tree, ""):
            docstring = ast.get_docstring(node, clean=False)
            if docstring:
                found |= {(f"{module}:{name}", *fact) for fact in _statements(docstring)}
    return found


def _documented(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + child.name, child
            yield from _documented(child, prefix + child.name + ".")


def _statements(docstring: str) -> Iterator[tuple[str, str, str]]:
    fields: list[tuple[str, str, list[str]]] = []
    for line in inspect.cleandoc(docstring).splitlines():
        match = _FIELD.match(line)
        if match:
            fields.append((match[1], match[2].strip(), [match[3]]))
        elif fields and (not line.strip() or line[:1].isspace()):
            fields[-1][2].append(line)
        elif fields:
            fields.append(("", "", []))
    for kind, name, lines in fields:
        body = "\n".join(lines)
        name = name.replace("\\", "")
        if kind == "param":
            yield "param", name.split()[-1] if name else "", ""
            for value in _DEFAULT.findall(body):
                yield "default", name, _value(value)
        elif kind == "type":
            yield "type", name, _type(body)
        elif kind in ("raises", "raise"):
            yield "raises", _type(name), ""
        elif kind == "rtype":
            yield "rtype", "", _type(body)


def _value(text: str) -> str:
    text = " ".join(text.split())
    try:
        return ast.unparse(ast.parse(text, mode="eval"))
    except SyntaxError:
        return text


def _type(text: str) -> str:
    text = _ROLE.sub(r"\1", text).replace("`", "").strip().rstrip(".")
    parts = re.split(r"\s*(?:\||,|\bor\b)\s*", text)
    return " | ".join(sorted({part.strip().rsplit(".", 1)[-1] for part in parts if part.strip()}))
