"""The dimension {{ cookiecutter.dimension }}."""

from collections.abc import Iterable

from awb_core import hookimpl
from awb_core.model import Dimension


@hookimpl
def awb_dimensions() -> Iterable[Dimension]:
    """Return a dimension beside the twelve standard ones."""
    return [Dimension(id="{{ cookiecutter.dimension }}", title="{{ cookiecutter.title }}")]
