"""Multi-file change tasks for awb."""

from collections.abc import Iterable
from pathlib import Path

from awb_core import hookimpl


@hookimpl
def awb_packs() -> Iterable[Path]:
    """Return the folder that holds `pack.toml` and the tasks."""
    return [Path(__file__).parent]
