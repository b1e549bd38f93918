"""Add a line to a `pyproject.toml`, leaving comments and order as they are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from awb_core.errors import UsageError

_TABLE = re.compile(r"""^\s*\[\s*project\s*\.\s*entry-points\s*\.\s*(?:awb|"awb"|'awb')\s*\]""")
_NEXT_TABLE = re.compile(r"^\s*\[")
_DEPENDENCIES = re.compile(r"(?m)^dependencies\s*=\s*\[(?P<inside>[^\]]*)\]")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def with_entry_point(path: Path, name: str, module: str) -> str:
    """Return the text of a `pyproject.toml` with one more plugin of the group `awb`.

    Raises:
        UsageError: the file cannot be read, has the entry point already, or has a form in which it must be added by
            hand.
    """
    text = _read(path)
    before = _plugins(text)
    if name in before or module in before.values():
        raise UsageError(f"{path}: there is a plugin {name!r} for {module!r} already")
    after = _insert(text, f'{name} = "{module}"')
    try:
        right = _plugins(after) == {**before, name: module}
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise UsageError(
            f"{path}: add this by hand, then try again:"
            f' [project.entry-points.awb], {name} = "{module}"'
        )
    return after


def with_dependency(path: Path, requirement: str) -> str:
    """Return the text of a `pyproject.toml` with one more dependency, unless it is there in any version.

    Raises:
        UsageError: the file cannot be read, or has a form in which it must be added by hand.
    """
    text = _read(path)
    before = _dependencies(text)
    if _named(requirement) in map(_named, before):
        return text
    after = _DEPENDENCIES.sub(lambda found: _longer(found["inside"], requirement), text, count=1)
    try:
        right = _dependencies(after) == [*before, requirement]
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise UsageError(
            f"{path}: add this to the dependencies by hand, then try again: {requirement}"
        )
    return after


def _read(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8")
        tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    return text


def _dependencies(text: str) -> list[str]:
    return list(map(str, tomllib.loads(text).get("project", {}).get("dependencies", ())))


def _named(requirement: str) -> str:
    name = _NAME.match(requirement.strip())
    return re.sub(r"[-_.]+", "-", name[0]).lower() if name else ""


def _longer(inside: str, requirement: str) -> str:
    """Return the list with one more entry, on a line of its own where the others have one."""
    entries = inside.rstrip()
    if "#" in entries.rpartition("\n")[2]:
        # A comma after a comment would be part of it.
        return f"dependencies = [{inside}]"
    rest = inside[len(entries) :]
    comma = "," if entries and not entries.endswith(",") else ""
    gap = rest.rpartition("\n")[0] + "\n  " if "\n" in rest else " " if entries else ""
    end = "," if "\n" in rest else ""
    return f'dependencies = [{entries}{comma}{gap}"{requirement}"{end}{rest}]'


def _plugins(text: str) -> dict[str, str]:
    points = tomllib.loads(text).get("project", {}).get("entry-points", {})
    return {str(key): str(value) for key, value in points.get("awb", {}).items()}


def _insert(text: str, line: str) -> str:
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    start = next((n for n, old in enumerate(lines) if _TABLE.match(old)), None)
    if start is None:
        rest = "" if not text or text.endswith("\n") else newline
        return f"{text}{rest}{newline}[project.entry-points.awb]{newline}{line}{newline}"
    end = start + 1
    for number in range(start + 1, len(lines)):
        if _NEXT_TABLE.match(lines[number]):
            break
        if "=" in lines[number] and not lines[number].lstrip().startswith("#"):
            end = number + 1
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += newline
    return "".join([*lines[:end], line + newline, *lines[end:]])
