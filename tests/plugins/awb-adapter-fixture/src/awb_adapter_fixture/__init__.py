"""Adapters of a third party: one without a model, one with."""

from collections.abc import Iterable

from awb_adapter_fixture.loop import LoopAdapter
from awb_adapter_fixture.rules import RulesAdapter
from awb_core import hookimpl
from awb_core.protocols import Adapter


@hookimpl
def awb_adapters() -> Iterable[Adapter]:
    """Return both."""
    return [RulesAdapter(), LoopAdapter()]
