"""Input validation tasks for awb, with a dimension and an oracle of their own."""

from collections.abc import Iterable
from pathlib import Path

from awb_core import hookimpl
from awb_core.model import Dimension
from awb_core.protocols import Oracle
from awb_pack_fixture_security.probes import ProbesOracle


@hookimpl
def awb_packs() -> Iterable[Path]:
    """Return the folder that holds `pack.toml` and the tasks."""
    return [Path(__file__).parent]


@hookimpl
def awb_dimensions() -> Iterable[Dimension]:
    """Return the dimension of the tasks."""
    return [Dimension(id="input-validation", title="Input validation")]


@hookimpl
def awb_oracles() -> Iterable[Oracle]:
    """Return the oracle that the tasks use."""
    return [ProbesOracle()]
