"""What the fixtures import of the core is what the compatibility promise names."""

import ast
import re
from pathlib import Path

import pytest
from plugins.installed import BAD, GOOD, HERE

PAGE = HERE.parents[1] / "docs/reference/compatibility.md"


def public_names():
    """Return the names of the table of modules: `module` -> the names, or None for all of them."""
    table = PAGE.read_text().split("## Names\n")[1].split("\n## ")[0]
    found = {}
    for line in table.splitlines():
        cells = re.findall(r"`([^`]+)`", line)
        if line.startswith("| `awb_core"):
            found[cells[0]] = set(cells[1:]) or None
    return found


def imports(path):
    """Yield what a module imports of the core, as (module, name)."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("awb_core"):
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((a.name, "") for a in node.names if a.name.startswith("awb_core"))


@pytest.mark.parametrize("distribution", [*GOOD, *BAD])
def test_a_fixture_imports_public_names_only(distribution):
    public = public_names()
    files = [p for p in (HERE / distribution).rglob("*.py") if "tasks" not in p.parts]
    found = {(path.name, *entry) for path in files for entry in imports(path)}

    private = {
        (file, module, name)
        for file, module, name in found
        if module not in public or (public[module] is not None and name not in public[module])
    }

    assert files
    assert private == set()


def test_the_fixtures_import_something_of_the_core():
    files = [path for name in GOOD for path in Path(HERE, name).rglob("*.py")]
    assert {module for path in files for module, _ in imports(path)} >= {
        "awb_core",
        "awb_core.model",
        "awb_core.protocols",
        "awb_core.testing",
    }
