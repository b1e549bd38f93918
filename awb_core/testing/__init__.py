"""What authors test with: `PackTests`, `AdapterTests`, and a scripted `ModelServer`."""

from awb_core.testing.adapter_bench import Times
from awb_core.testing.adapters import AdapterTests, Finding, check_adapter
from awb_core.testing.conversation import Usage
from awb_core.testing.model_server import ModelServer, Served
from awb_core.testing.packs import PackTests
from awb_core.testing.scripts import (
    WHERE,
    Cuts,
    Fails,
    Hangs,
    Loops,
    Misbehaviour,
    Overflows,
    Say,
    Script,
    Shell,
    Slow,
    Step,
    Write,
)
from awb_core.testing.solutions import script_for_solution

__all__ = [
    "WHERE",
    "AdapterTests",
    "Cuts",
    "Fails",
    "Finding",
    "Hangs",
    "Loops",
    "Misbehaviour",
    "ModelServer",
    "Overflows",
    "PackTests",
    "Say",
    "Script",
    "Served",
    "Shell",
    "Slow",
    "Step",
    "Times",
    "Usage",
    "Write",
    "check_adapter",
    "script_for_solution",
]
