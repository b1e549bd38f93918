"""What authors test with: the kits for packs, adapters, oracles and sandboxes, fakes, a scripted `ModelServer`."""

from awb_core.testing.adapter_bench import Times
from awb_core.testing.adapters import AdapterTests, Finding, check_adapter
from awb_core.testing.conversation import Usage
from awb_core.testing.fakes import FakeAdapter, FakeProvider, FakeSandbox, make_task
from awb_core.testing.model_server import ModelServer, Served
from awb_core.testing.oracles import OracleTests, check_oracle
from awb_core.testing.packs import PackTests
from awb_core.testing.sandboxes import SandboxTests, check_sandbox
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
    "FakeAdapter",
    "FakeProvider",
    "FakeSandbox",
    "Finding",
    "Hangs",
    "Loops",
    "Misbehaviour",
    "ModelServer",
    "OracleTests",
    "Overflows",
    "PackTests",
    "SandboxTests",
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
    "check_oracle",
    "check_sandbox",
    "make_task",
    "script_for_solution",
]
