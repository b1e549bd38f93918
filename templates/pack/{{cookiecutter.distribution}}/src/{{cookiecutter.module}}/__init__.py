"""{{ cookiecutter.title }} tasks for awb."""

from collections.abc import Iterable
from pathlib import Path

from awb_core import hookimpl
{%- if cookiecutter.own_dimension %}
from awb_core.model import Dimension
{%- endif %}


@hookimpl
def awb_packs() -> Iterable[Path]:
    """Return the folder that holds `pack.toml` and the tasks."""
    return [Path(__file__).parent]
{%- if cookiecutter.own_dimension %}


@hookimpl
def awb_dimensions() -> Iterable[Dimension]:
    """Return the dimension that the tasks measure."""
    return [Dimension(id="{{ cookiecutter.dimension }}", title="{{ cookiecutter.own_dimension }}")]
{%- endif %}
