"""`awb new-dimension`: let a pack register a dimension of its own."""

from __future__ import annotations

from pathlib import Path

import click

from awb_core.registry import discover
from awb_core.scaffold.folders import find_pack
from awb_core.scaffold.names import check_slug, title_of
from awb_core.scaffold.packs import write_dimension


@click.command(
    "new-dimension",
    epilog="""\b
Examples:
  awb new-dimension accessibility --pack awb-pack-web
  awb new-dimension web-security --pack . --title "Web security\"""",
)
@click.argument("name")
@click.option(
    "--pack",
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the pack.",
)
@click.option("--title", help="One line for people.")
@click.option("--no-input", is_flag=True, help="Ask nothing; take defaults for what is not given.")
def new_dimension(name: str, folder: Path, title: str | None, no_input: bool) -> None:
    """Add a module that registers a dimension to a pack, and its entry point."""
    pack = find_pack(folder)
    check_slug(name, "a dimension")
    if title is None:
        title = title_of(name)
        title = title if no_input else str(click.prompt("Title", default=title, err=True))
    target = write_dimension(name, title, pack, known=discover().dimensions)
    click.echo(f"written: {target}")
    click.echo(f"next: pip install -e {pack.root} && awb dimensions")
