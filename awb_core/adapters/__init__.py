"""The built-in adapters."""

from awb_core.adapters.command import CommandAdapter
from awb_core.adapters.human import HumanAdapter
from awb_core.adapters.ladder import NoopAdapter, ReferenceAdapter

__all__ = ["CommandAdapter", "HumanAdapter", "NoopAdapter", "ReferenceAdapter"]
