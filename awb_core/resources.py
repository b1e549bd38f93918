"""Find the schemas, templates and injected modules that ship with the core."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def resource_dir(name: str) -> Path:
    """Return the directory `name`, from the installed wheel or from a checkout."""
    packaged = _PACKAGE / name
    return packaged if packaged.is_dir() else _PACKAGE.parent / name


def injected(name: str) -> Path:
    """Return a module that is copied into sandboxes."""
    return _PACKAGE / "injected" / name
