"""`awb new-pack`: write a pack that is green at once."""

from __future__ import annotations

from pathlib import Path

import click

from awb_core.bounded import CORE
from awb_core.registry import Registry, discover
from awb_core.scaffold.names import title_of
from awb_core.scaffold.packs import NewPack, pack_name, write_pack
from awb_core.scaffold.render import refuse_existing
from awb_core.validation import did_you_mean


@click.command(
    "new-pack",
    epilog="""\b
Examples:
  awb new-pack security
  awb new-pack our-repository --dimension debugging --title "Our repository" --no-input""",
)
@click.argument("name")
@click.option(
    "--dimension", help="What the tasks measure; the pack registers one that is not standard."
)
@click.option("--title", help="One line for people.")
@click.option("--author", help="Who publishes it.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    show_default="here",
    help="Folder to write into.",
)
@click.option("--no-input", is_flag=True, help="Ask nothing; take defaults for what is not given.")
def new_pack(
    name: str,
    dimension: str | None,
    title: str | None,
    author: str | None,
    out: Path,
    no_input: bool,
) -> None:
    """Write awb-pack-NAME: a distribution with one sample task, its proof and its tests."""
    name = pack_name(name)
    refuse_existing(out / f"awb-pack-{name}")
    standard = _standard(discover())

    def ask(question: str, given: str | None, default: str) -> str:
        if given is not None or no_input:
            return default if given is None else given
        return str(click.prompt(question, default=default, show_default=bool(default), err=True))

    dimension = ask("Dimension of the tasks", dimension, name)
    new = NewPack(
        name=name,
        dimension=dimension,
        title=ask("Title", title, standard.get(name) or title_of(name)),
        author=ask("Author (may be empty)", author, ""),
    )
    folder = write_pack(new, out, standard=standard)
    if dimension not in standard:
        near = did_you_mean(dimension, standard)
        click.echo(f"note: the pack registers the dimension {dimension!r}{near}", err=True)
    click.echo(f"written: {folder}")
    click.echo(f"next: pip install -e {folder} && awb check {new.sample}")


def _standard(registry: Registry) -> dict[str, str]:
    """Return the titles of the core's own dimensions by id."""
    core = next(plugin.value for plugin in registry.plugins if plugin.distribution == CORE)
    return {dimension.id: dimension.title for dimension in core.awb_dimensions()}
