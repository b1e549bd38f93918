"""Pin what the tests of a repository need, by version and hash."""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from awb_core.errors import EnvironmentFailed, UsageError
from awb_core.sandbox.environment import run_uv
from awb_core.scaffold.mining.repository import Tree, write_tree
from awb_core.scaffold.render import templates

FILES = (
    "requirements.txt",
    "requirements-test.txt",
    "requirements-tests.txt",
    "test-requirements.txt",
    "tests/requirements.txt",
    "requirements/test.txt",
    "requirements/tests.txt",
)
"""Requirement files that are used where they exist."""
GROUPS = ("test", "tests", "testing")
"""Extras and dependency groups that hold what tests need."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def pin_requirements(tree: Tree, given: Path | None, python: str) -> str:
    """Return the text of a pinned requirements file: what the author gave or the repository declares, and pytest.

    Raises:
        UsageError: the requirements cannot be read or resolved; the message says how to give others.
    """
    if given is not None:
        try:
            text = given.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{given}: cannot be read: {error}") from error
        return text if _is_pinned(text) else _compile({}, [text, "pytest"], (), python)
    lines = list(_declared(tree))
    files = tuple(name for name in FILES if name in tree)
    if not lines and not files:
        return _pytest_alone()
    return _compile(tree, [*lines, "pytest"], files, python)


def _declared(tree: Tree) -> Iterator[str]:
    """Yield the requirements in `pyproject.toml` that stand there as they are."""
    file = tree.get("pyproject.toml")
    if file is None or file.text is None:
        return
    try:
        data = tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"pyproject.toml of the repository: {error}; say --requirements"
        ) from error
    project = data.get("project", {})
    own = _canonical(str(project.get("name", "")))
    lines = [*project.get("dependencies", ())]
    for group in GROUPS:
        lines += project.get("optional-dependencies", {}).get(group, ())
        lines += _group(data.get("dependency-groups", {}), group, seen=set())
    for line in dict.fromkeys(map(str, lines)):
        name = _NAME.match(line.strip())
        # The project is not installed, it is imported from the workspace.
        if name and _canonical(name[0]) != own:
            yield line


def _group(groups: Mapping[str, Any], name: str, *, seen: set[str]) -> Iterator[str]:
    if name in seen:
        return
    seen.add(name)
    for entry in groups.get(name, ()):
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, Mapping):
            yield from _group(groups, str(entry.get("include-group", "")), seen=seen)


def _compile(tree: Tree, lines: list[str], files: tuple[str, ...], python: str) -> str:
    with tempfile.TemporaryDirectory(prefix="awb-new-") as scratch:
        folder = write_tree(
            {n: f for n, f in tree.items() if n.endswith((".txt", ".in"))}, Path(scratch)
        )
        try:
            return run_uv(
                *("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"),
                *("--no-annotate", "--only-binary", ":all:", "--python-version", python, "-"),
                *files,
                stdin="\n".join([*lines, ""]),
                cwd=folder,
            )
        except EnvironmentFailed as error:
            raise UsageError(
                f"the requirements cannot be pinned; say --requirements\n{error}"
            ) from error


def _pytest_alone() -> str:
    """Return the pins that the template's task has, so that both share an environment."""
    (path,) = templates("task/pytest").glob("*/requirements.txt")
    return path.read_text("utf-8")


def _is_pinned(text: str) -> bool:
    entries = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    entries = [line for line in entries if line and not line.startswith("#")]
    pinned = all("==" in line and "--hash=sha256:" in line for line in entries)
    return pinned and any(line.startswith("pytest==") for line in entries)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
