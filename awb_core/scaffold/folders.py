"""What a pack's folder holds, read without importing or installing it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from awb_core.errors import UsageError
from awb_core.manifest import read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFolder:
    """A pack as it lies in its author's checkout."""

    name: str
    root: Path
    """The folder of the distribution, with its `pyproject.toml`."""
    package: Path
    """The folder of `pack.toml`."""

    @property
    def tasks(self) -> Path:
        """The folder of the tasks."""
        return self.package / "tasks"

    def dimensions_used(self) -> tuple[str, ...]:
        """Return the dimensions of the tasks there are, each once."""
        found: dict[str, None] = {}
        for manifest in sorted(self.tasks.glob("*/task.toml")):
            try:
                data = tomllib.loads(manifest.read_text("utf-8"))
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
                continue  # `awb packs` says what is wrong with it
            if isinstance(data.get("dimension"), str):
                found[data["dimension"]] = None
        return tuple(found)

    def dimensions_registered(self) -> tuple[str, ...]:
        """Return the dimensions that the pack's own modules register."""
        return tuple(
            name for path in sorted(self.package.glob("*.py")) for name in _dimensions_in(path)
        )


def find_pack(folder: Path) -> PackFolder:
    """Find the one pack in a folder: a distribution, or the package in it.

    Raises:
        UsageError: there is none, or more than one.
        ManifestError: its `pack.toml` is wrong.
    """
    manifests = [
        path
        for pattern in ("pack.toml", "src/*/pack.toml", "*/pack.toml")
        for path in sorted(folder.glob(pattern))
    ]
    if not manifests:
        raise UsageError(
            f"{folder}: is no pack: there is no pack.toml; make one with `awb new-pack`"
        )
    if len(manifests) > 1:
        names = ", ".join(str(path.parent) for path in manifests)
        raise UsageError(f"{folder}: holds more than one pack; name one of {names}")
    package = manifests[0].parent.resolve()
    root = next((p for p in (package, *package.parents) if (p / "pyproject.toml").is_file()), None)
    if root is None:
        raise UsageError(f"{folder}: is no distribution: there is no pyproject.toml")
    return PackFolder(
        name=str(read_toml(package / "pack.toml", "pack")["name"]), root=root, package=package
    )


def _dimensions_in(path: Path) -> Iterator[str]:
    """Yield the ids in calls such as `Dimension(id="security", ...)`."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == "Dimension":
            for keyword in node.keywords:
                value = keyword.value
                if keyword.arg == "id" and isinstance(value, ast.Constant):
                    yield str(value.value)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
