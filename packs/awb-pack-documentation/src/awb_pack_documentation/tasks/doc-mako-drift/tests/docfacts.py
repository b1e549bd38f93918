"""Read the statements in docstrings, without importing anything.

awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

_KINDS = {
    **dict.fromkeys(("param", "parameter", "arg", "argument", "key", "keyword"), "param"),
    **dict.fromkeys(("raises", "raise", "except", "exception"), "raises"),
    **dict.fromkeys(("returns", "return"), "returns"),
    "type": "type",
    "rtype": "rtype",
}
_FIELD = re.compile(rf"^\s*:({'|'.join(_KINDS)})\b[ \t]*([^:]*?)[ \t]*:(?!\w+:`)(.*)$")
_DEFAULT = re.compile(
    r"\bdefaults\s+to\s+(?:(`{1,2})(?P<quoted>.+?)\1|(?P<bare>None|True|False|-?\d+(?:\.\d+)?|'[^'\n]*'))",
    re.IGNORECASE | re.DOTALL,
)
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
            fields.append((_KINDS[match[1]], match[2].strip(), [match[3]]))
        elif fields and (not line.strip() or line[:1].isspace()):
            fields[-1][2].append(line)
        elif fields:
            fields.append(("", "", []))
    for kind, name, lines in fields:
        body = "\n".join(lines)
        name = name.replace("\\", "")
        if kind == "param":
            *types, name = name.split() or [""]
            yield "param", name, ""
            if types:
                yield "type", name, _type(" ".join(types))
            for match in _DEFAULT.finditer(body):
                yield "default", name, _value(match["quoted"] or match["bare"])
            if not _DEFAULT.sub("", body).strip(" .\n"):
                yield "empty", name, ""
        elif kind == "type":
            yield "type", name, _type(body)
        elif kind == "raises":
            yield "raises", _type(name), ""
            yield ("condition", _type(name), " ".join(body.split())) if body.strip() else ("empty", _type(name), "")
        elif kind == "returns":
            yield "returns", "", ""
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
