"""The kit for sandboxes: every behaviour can fail, each for the fault that breaks it."""

import contextlib
import os
import signal
import tempfile
from pathlib import Path

import pytest
from sandbox.faulty import FaultyProvider

from awb_core.testing import check_sandbox
from awb_core.testing.sandbox_bench import SandboxBench, alive
from awb_core.testing.sandboxes import BEHAVIOURS, look_at

FAULTS = {
    "says nothing": {"says what it is"},
    "builds again": {"prepares once"},
    "builds anything": {"refuses what cannot be built"},
    "hides in the workspace": {"places", "hidden read-only", "collect nothing else"},
    "names no gateway": {"places", "off without a gateway", "gateway", "packages"},
    "starts elsewhere": {"workspace", "state", "collect"},
    "hides exit codes": {
        *("exit code and streams", "signals", "missing command", "memory limit", "file limit"),
        *("hidden read-only", "privileges", "mounts", "kill", "stop"),
    },
    "mixes streams": {"exit code and streams", "host files"},
    "joins arguments": {"arguments", "variables"},
    "forgets variables": {"variables"},
    "inherits": {"no secrets", "same everywhere", "home"},
    "drops stdin": {"stdin", "gateway", "packages and gateway"},
    "says more": {"no stdin"},
    "forgets output": {
        *("python", "held output", "loopback", "only loopback", "reap spares the living"),
        *("nothing but the gateway", "nothing but packages", "same when locked"),
    },
    "prints more": {"system", "host processes", "isolated when locked", "no stdin"},
    "counts no output": {"stdin", "flood", "flood of errors", "both ends"},
    "keeps everything": {"flood", "flood of errors", "both ends"},
    "counts no time": {"time counted"},
    "is never late": {"time limit", "same when locked"},
    "knows no memory": {"memory limit"},
    "has no limits": {"process limit", "memory limit", "file limit"},
    "is stingy": {"memory granted"},
    "is not fresh": {"fresh", "apart"},
    "starts on the host": {"daemons", "daemons when closed", "leaves nothing after an error"},
    "trips when stopped": {"stop with nothing open"},
    "reaps the living": {"reap spares the living"},
    "reaps nothing": {"reap removes the dead"},
    "leaves a folder": {"leaves nothing", "leaves nothing after an error"},
    "forgets bits": {"put", "hidden late"},
    "puts once": {"put twice"},
    "puts by links": {"source untouched"},
    "follows links": {"links stay links"},
    "collects hidden files": {"collect nothing else"},
    "collects anything": {
        *("collect no giant", "collect not too much", "collect not too many"),
        "collect not too deep",
    },
    "fails to collect": {"collect not too much", "collect not too deep"},
    "trips over sockets": {"collect no sockets"},
    "follows links out": {
        *("collect no linked folder", "collect no links", "collect", "collect nothing"),
    },
    "opens the network": {
        *("no network", "off without a gateway"),
        *("nothing but the gateway", "nothing but packages"),
    },
    "mounts nothing": {"mounts"},
    "uses the host's python": {"python"},
}


@pytest.fixture
def place(monkeypatch):
    """A folder for the sandboxes that nobody else uses."""
    with tempfile.TemporaryDirectory(prefix="awb-kit-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)
    for process in alive("awb-bench-"):
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_by_the_behaviours_it_breaks(place, monkeypatch, fault):
    # To make and to read tens of thousands of entries takes long; the contract does it.
    monkeypatch.setattr("awb_core.testing.sandbox_files.MANY", 100)

    def leftovers(run):
        return [folder.name for folder in place.glob("awb-*-*-*")]

    with SandboxBench(lambda: FaultyProvider(fault), leftovers=leftovers) as bench:
        findings = [look_at(bench, name) for name in sorted(FAULTS[fault])]

    assert {finding.name for finding in findings if not finding.holds} == FAULTS[fault]
    assert all(finding.detail for finding in findings)


def test_every_behaviour_can_fail():
    assert set().union(*FAULTS.values()) == set(BEHAVIOURS)


def test_who_states_less_is_asked_for_less_and_it_is_said(place, monkeypatch):
    needing = {name for name, required in BEHAVIOURS.items() if required.protection}
    asked = {name: BEHAVIOURS[name] for name in (*needing, "workspace")}
    monkeypatch.setattr("awb_core.testing.sandboxes.BEHAVIOURS", asked)
    told = []

    findings = check_sandbox(lambda: FaultyProvider("states less"), report=told.append)

    assert told == list(findings)
    assert all(finding.holds for finding in findings)
    assert {finding.name for finding in findings if not finding.observed} == needing
    assert "states that it does not give" in findings[0].detail
