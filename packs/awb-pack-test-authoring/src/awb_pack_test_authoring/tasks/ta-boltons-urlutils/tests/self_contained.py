"""1.0 if the suite keeps to itself: no files, network, processes, waiting or plugins, and no look into the module.

awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SUITE = "tests/test_urlutils.py"
MODULES = {
    "files": {"fileinput", "linecache", "shutil", "tempfile", "tokenize"},
    "network": {"ftplib", "http.client", "http.server", "requests", "smtplib", "socketserver", "urllib.request"},
    "processes": {"multiprocessing", "subprocess"},
    "the module's code": {"dis"},
}
NAMES = {
    "files": {"read_bytes", "read_text", "write_bytes", "write_text"},
    "network": {"create_connection", "getaddrinfo", "gethostbyname", "socket.socket", "urlopen"},
    "processes": {"Popen", "os.fork", "os.popen", "os.system"},
    "waiting": {"time.sleep"},
    "the module's code": {"__code__", "findsource", "get_source", "getsource", "getsourcelines"},
}
FIXTURES = {"tmp_path", "tmp_path_factory", "tmpdir", "tmpdir_factory", "pytester", "testdir"}


def measure(root: Path) -> dict:
    """Whether there is nothing of this in the file, and what there is."""
    try:
        tree = ast.parse((Path(root) / SUITE).read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return {"value": 0.0, "items": [{"id": SUITE, "credit": 0.0, "note": "cannot be read"}]}
    found = sorted({f"{kind}: {what}" for node in ast.walk(tree) for kind, what in _uses(node)})
    items = [{"id": use, "credit": 0.0, "note": "a suite must do without"} for use in found]
    return {"value": float(not found), "items": items}


def _uses(node: ast.AST) -> Iterator[tuple[str, str]]:
    """What a node uses that a suite must not."""
    if isinstance(node, ast.Import):
        yield from _matching([alias.name for alias in node.names], MODULES)
    elif isinstance(node, ast.ImportFrom):
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from _matching([node.module or "", *names], MODULES)
        yield from _matching([*names, *(alias.name for alias in node.names)], NAMES)
    elif isinstance(node, ast.Attribute):
        yield from _matching([node.attr, ast.unparse(node)], NAMES)
    elif isinstance(node, ast.Name) and node.id == "open" and isinstance(node.ctx, ast.Load):
        yield "files", "open"
    elif isinstance(node, ast.Name) and node.id == "pytest_plugins":
        yield "plugins", node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        yield from _matching([argument.arg for argument in arguments], {"files": FIXTURES})


def _matching(names: list[str], unwanted: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    for kind, words in unwanted.items():
        yield from ((kind, name) for name in names if name in words)
