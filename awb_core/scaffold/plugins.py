"""New distributions with an adapter or an oracle."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from awb_core.errors import UsageError
from awb_core.scaffold.names import check_line, check_slug
from awb_core.scaffold.render import render


def plugin_name(kind: str, text: str, *, taken: Iterable[str]) -> str:
    """Return the name of an adapter or an oracle, with or without the prefix of its distribution.

    Raises:
        UsageError: it is no name, or another one has it.
    """
    name = check_slug(text.removeprefix(f"awb-{kind}-"), f"an {kind}")
    if name in taken:
        raise UsageError(f"there is an {kind} {name!r} already; see `awb {kind}s`")
    return name


def write_plugin(kind: str, name: str, out: Path, *, title: str, author: str = "") -> Path:
    """Write a distribution with an adapter or an oracle, and its tests.

    Raises:
        UsageError: a name does not fit, or the folder exists.
    """
    values = {
        "name": check_slug(name, f"an {kind}"),
        "title": check_line(title, "the title"),
        "author": check_line(author, "the author") if author else "",
    }
    return render(kind, out / f"awb-{kind}-{name}", values)
