# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""What no docstring spoke of before is added, in fields that go by another name: the result, missing parameters."""

import ast
from pathlib import Path

from awb_edit import write

for path in Path("mako").rglob("*.py"):
    text = path.read_text("utf-8")
    rows = text.split("\n")
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef) and ast.get_docstring(n)]
    for node in sorted(functions, key=lambda n: -n.lineno):
        last = node.body[0].end_lineno - 1
        if rows[last].strip() == '"""':
            names = {a.arg for a in node.args.args} - {"self"}
            missing = sorted(name for name in names if f" {name}:" not in ast.get_docstring(node))
            added = [*(f":arg {name}: a parameter." for name in missing), ":return: the result."]
            rows[last:last] = [" " * node.body[0].col_offset + line for line in added]
    write(str(path), "\n".join(rows))
