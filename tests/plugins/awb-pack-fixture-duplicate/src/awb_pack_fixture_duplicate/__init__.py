"""A plugin that brings what the fixtures have already: a dimension, an oracle, an adapter and a task."""

from collections.abc import Iterable
from pathlib import Path

import awb_pack_fixture_security
from awb_adapter_fixture.rules import RulesAdapter
from awb_pack_fixture_security.probes import ProbesOracle

from awb_core import hookimpl
from awb_core.model import Dimension
from awb_core.protocols import Adapter, Oracle


@hookimpl
def awb_packs() -> Iterable[Path]:
    """Return the folder of another pack."""
    return [Path(awb_pack_fixture_security.__file__).parent]


@hookimpl
def awb_dimensions() -> Iterable[Dimension]:
    """Return a dimension of another pack, under another title."""
    return [Dimension(id="input-validation", title="Another title")]


@hookimpl
def awb_oracles() -> Iterable[Oracle]:
    """Return an oracle that exists."""
    return [ProbesOracle()]


@hookimpl
def awb_adapters() -> Iterable[Adapter]:
    """Return an adapter that exists."""
    return [RulesAdapter()]
