"""Render a cookiecutter template: whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from awb_core.errors import AwbError, UsageError
from awb_core.resources import resource_dir


def templates(kind: str) -> Path:
    """Return the folder of a template, or of several."""
    return resource_dir("templates") / kind


def render(
    template: str,
    target: Path,
    values: Mapping[str, str],
    finish: Callable[[Path], None] = lambda _: None,
) -> Path:
    """Render a template, let `finish` add to the result, and put it at `target`.

    All is made in a folder beside the target and moved there in the end.

    Raises:
        UsageError: the target exists, or its folder cannot be written.
    """
    refuse_existing(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".awb-new-", dir=target.parent) as scratch:
            made = _render(templates(template), Path(scratch), values)
            finish(made)
            made.rename(target)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from error
    return target


def refuse_existing(target: Path) -> None:
    """Refuse to write over anything.

    Raises:
        UsageError: there is something.
    """
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} exists already; nothing was written")


def _render(template: Path, scratch: Path, values: Mapping[str, str]) -> Path:
    # Imported here: only what renders pays for it.
    from cookiecutter.exceptions import CookiecutterException
    from cookiecutter.generate import generate_context, generate_files
    from cookiecutter.prompt import prompt_for_config

    # An installed template holds what pip compiled of its Python files.
    source = scratch / "template"
    shutil.copytree(template, source, ignore=shutil.ignore_patterns("__pycache__"))
    try:
        context = generate_context(str(source / "cookiecutter.json"), extra_context=dict(values))
        context["cookiecutter"] = prompt_for_config(context, no_input=True)
        return Path(
            generate_files(source, context, output_dir=scratch / "made", accept_hooks=False)
        )
    except CookiecutterException as error:
        raise AwbError(f"the template {template} cannot be rendered: {error}") from error
