"""New packs, and new dimensions in packs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from awb_core.errors import UsageError
from awb_core.scaffold.folders import PackFolder
from awb_core.scaffold.names import check_line, check_slug, module_of, title_of
from awb_core.scaffold.project_file import with_entry_point
from awb_core.scaffold.render import refuse_existing, render
from awb_core.scaffold.tasks import NewTask, write_task

PREFIX = "awb-pack-"
SAMPLE = "sample"
"""The template of the task that a new pack starts with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPack:
    """What a pack is made from."""

    name: str
    """Without the prefix of the distribution."""
    title: str
    dimension: str
    author: str = ""

    @property
    def distribution(self) -> str:
        """The name of the distribution."""
        return PREFIX + self.name

    @property
    def sample(self) -> str:
        """The id of the task that it starts with."""
        return f"{self.name}-sample"


def pack_name(text: str) -> str:
    """Return the name of a pack, with or without the prefix of its distribution.

    Raises:
        UsageError: it is no name.
    """
    return check_slug(text.removeprefix(PREFIX), "a pack")


def write_pack(new: NewPack, out: Path, *, standard: Iterable[str]) -> Path:
    """Write a distribution with one sample task; a dimension that is not standard becomes its own.

    Raises:
        UsageError: a name does not fit, or the folder exists.
    """
    pack_name(new.name)
    check_slug(new.dimension, "a dimension")
    title = check_line(new.title, "the title")
    author = check_line(new.author, "the author") if new.author else ""
    own = "" if new.dimension in standard else title_of(new.dimension)
    sample = NewTask(
        slug=new.sample, title="A table that aligns, rules and shortens", dimension=new.dimension
    )
    return render(
        "pack",
        out / new.distribution,
        {
            "name": new.name,
            "title": title,
            "dimension": new.dimension,
            "own_dimension": own,
            "author": author,
            "sample": new.sample,
        },
        lambda made: _add_sample(made / "src" / module_of(new.distribution), sample),
    )


def write_dimension(name: str, title: str, pack: PackFolder, *, known: Iterable[str]) -> Path:
    """Add a module that registers a dimension to a pack, and its entry point.

    Raises:
        UsageError: a name does not fit, the dimension is known already, or the pack has another form.
    """
    check_slug(name, "a dimension")
    check_line(title, "the title")
    if name in pack.dimensions_registered():
        raise UsageError(f"{pack.name} registers the dimension {name!r} already")
    if name in known:
        raise UsageError(f"the dimension {name!r} is registered already; see `awb dimensions`")
    module = f"dimension_{module_of(name)}"
    target, project = pack.package / f"{module}.py", pack.root / "pyproject.toml"
    refuse_existing(target)
    text = with_entry_point(project, f"dimension-{name}", f"{pack.package.name}.{module}")
    with tempfile.TemporaryDirectory(prefix=".awb-new-", dir=pack.package) as scratch:
        values = {"dimension": name, "title": title.strip()}
        made = render("dimension", Path(scratch) / "dimension", values)
        (Path(scratch) / "pyproject.toml").write_bytes(text.encode("utf-8"))
        shutil.copymode(project, Path(scratch) / "pyproject.toml")
        (made / target.name).rename(target)
        (Path(scratch) / "pyproject.toml").replace(project)
    return target


def _add_sample(package: Path, sample: NewTask) -> None:
    write_task(SAMPLE, sample, package / "tasks")
