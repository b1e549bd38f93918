"""`awb new-adapter`: write a distribution with an adapter."""

from __future__ import annotations

from pathlib import Path

import click

from awb_core.registry import discover
from awb_core.scaffold.names import title_of
from awb_core.scaffold.plugins import plugin_name, write_plugin


@click.command(
    "new-adapter",
    epilog="""\b
Examples:
  awb new-adapter house-agent
  awb new-adapter house-agent --title "Our house agent" --no-input""",
)
@click.argument("name")
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
def new_adapter(
    name: str, title: str | None, author: str | None, out: Path, no_input: bool
) -> None:
    """Write awb-adapter-NAME: a distribution with a small agent, its adapter and its tests."""
    name = plugin_name("adapter", name, taken=discover().adapters)
    if title is None:
        title = title_of(name)
        title = title if no_input else str(click.prompt("Title", default=title, err=True))
    if author is None and not no_input:
        author = str(
            click.prompt("Author (may be empty)", default="", show_default=False, err=True)
        )
    folder = write_plugin("adapter", name, out, title=title, author=author or "")
    click.echo(f"written: {folder}")
    click.echo(f"next: pip install -e {folder} && awb check-adapter {name}")
