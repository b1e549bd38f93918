"""What authors test with: pack authors `PackTests`, adapter authors a scripted `ModelServer`."""

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
    "Cuts",
    "Fails",
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
    "Usage",
    "Write",
    "script_for_solution",
]
