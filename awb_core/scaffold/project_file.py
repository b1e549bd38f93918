"""Add a line to a `pyproject.toml`, leaving comments and order as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from awb_core.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def with_entry_point(path: Path, name: str, module: str) -> str:
    """Return the text of a `pyproject.toml` with one more plugin of the group `awb`.

    Raises:
        UsageError: the file cannot be read, or has the entry point already.
    """

    def add(project: Any) -> None:
        points = _table(path, _table(path, project, "entry-points"), "awb")
        if name in points or module in points.values():
            raise UsageError(f"{path}: there is a plugin {name!r} for {module!r} already")
        points[name] = module

    return _changed(path, add)


def with_dependency(path: Path, requirement: str) -> str:
    """Return the text of a `pyproject.toml` with one more dependency, unless it is there in any version.

    Raises:
        UsageError: the file cannot be read.
    """

    def add(project: Any) -> None:
        if "dependencies" not in project:
            project["dependencies"] = [requirement]
            return
        listed = project["dependencies"]
        if not isinstance(project["dependencies"], list):
            raise UsageError(f"{path}: project.dependencies: is no list")
        if _named(requirement) not in {_named(str(entry)) for entry in listed}:
            on_lines = "\n" in project.item("dependencies").as_string()
            listed.add_line(requirement, indent="  ") if on_lines else listed.append(requirement)

    return _changed(path, add)


def _changed(path: Path, change: Callable[[Any], None]) -> str:
    """Return the text of a file after a change of its table `project`."""
    # Imported here: only what changes a project pays for it.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        text = path.read_bytes().decode("utf-8")
        newline = "\r\n" if "\r\n" in text else "\n"
        document = tomlkit.parse(text.replace("\r\n", "\n"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    change(_table(path, document, "project"))
    return document.as_string().replace("\n", newline)


def _table(path: Path, parent: Any, name: str) -> Any:
    """Return a table in another, made where there is none."""
    import tomlkit

    if name not in parent:
        parent[name] = tomlkit.table(is_super_table=name == "entry-points")
    if not isinstance(parent[name], MutableMapping):
        raise UsageError(f"{path}: {name}: is no table")
    return parent[name]


def _named(requirement: str) -> str:
    name = _NAME.match(requirement.strip())
    return re.sub(r"[-_.]+", "-", name[0]).lower() if name else ""
