"""{{ cookiecutter.title }} as a workflow of awb."""

from collections.abc import Iterable

from awb_core import hookimpl
from awb_core.protocols import Adapter

from {{ cookiecutter.module }}.adapter import {{ cookiecutter.class }}Adapter


@hookimpl
def awb_adapters() -> Iterable[Adapter]:
    """Return the adapter; `{{ cookiecutter.name }}:MODEL` on the command line reaches it."""
    return [{{ cookiecutter.class }}Adapter()]
