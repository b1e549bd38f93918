"""{{ cookiecutter.title }} as a kind of check of awb."""

from collections.abc import Iterable

from awb_core import hookimpl
from awb_core.protocols import Oracle

from {{ cookiecutter.module }}.oracle import {{ cookiecutter.class }}Oracle


@hookimpl
def awb_oracles() -> Iterable[Oracle]:
    """Return the oracle; a check names it as `oracle = "{{ cookiecutter.name }}"`."""
    return [{{ cookiecutter.class }}Oracle()]
