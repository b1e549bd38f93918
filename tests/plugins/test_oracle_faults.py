"""The kit for oracles: a good one passes, and every behaviour can fail, each for the fault that breaks it."""

import json

import pytest
from plugins.faulty_oracle import FaultyOracle

from awb_core.errors import UsageError
from awb_core.sandbox.local import LocalProvider
from awb_core.testing import check_oracle, make_task
from awb_core.testing.oracle_bench import OracleBench
from awb_core.testing.oracles import BEHAVIOURS, look_at

EXPECTED = {"noop": 0.0, "minimal": 0.5, "canonical": 1.0}
COMMANDS = {"silent command", "dead command", "hanging command", "flooding command"}
FAULTS = {
    "is badly named": {"name"},
    "describes nothing": {"schema"},
    "has no schema": {"schema"},
    "takes any option": {"options"},
    "repeats ids": {"sane"},
    "gives too much": {"sane"},
    "draws lots": {"repeatable"},
    "follows the seed": {"any seed"},
    "writes into the workspace": {"touches nothing", "emptied files"},
    "writes into tests": {"touches nothing"},
    "changes the environment": {"touches nothing"},
    "needs its file": {"empty workspace"},
    "needs content": {"emptied files"},
    "reads text": {"junk", "folders for files"},
    "loads JSON": {"nesting", "odd values", "folders for files"},
    "dislikes giants": {"masses"},
    "counts files": {"not steered"},
    "needs no facts": {"hidden files missing", "hidden files are junk"},
    "takes silence for nothing": COMMANDS,
    "trusts its output": {"any output"},
    "hides failures": {"failing sandbox"},
    "is off by a little": {"rung canonical", "rung minimal"},
}


def make(folder):
    return make_task(
        folder,
        oracle="words",
        options={"facts": "facts.json"},
        workspace={"work.txt": "nothing\n"},
        tests={"facts.json": json.dumps({"words": ["one", "two"]})},
        rungs={"minimal": {"work.txt": "one\n"}, "canonical": {"work.txt": "one two\n"}},
    )


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """What a fault leaves in the environment is gone afterwards."""
    monkeypatch.setenv("AWB_FAULTY", "")


def test_a_good_oracle_passes():
    told = []

    findings = check_oracle(
        FaultyOracle(), make, EXPECTED, report=told.append, provider=LocalProvider()
    )

    assert {f.name: f.detail for f in findings if not f.holds or not f.observed} == {}
    assert told == list(findings)
    assert [f.name for f in findings] == [*(f"rung {rung}" for rung in EXPECTED), *BEHAVIOURS]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_by_the_behaviours_it_breaks(fault):
    with OracleBench(FaultyOracle(), make, LocalProvider()) as bench:
        bench.oracle = FaultyOracle(fault)
        findings = [look_at(bench, name, EXPECTED) for name in sorted(FAULTS[fault])]

    assert {finding.name for finding in findings if not finding.holds} == FAULTS[fault]
    assert all(finding.detail for finding in findings)


def test_every_behaviour_can_fail():
    assert set().union(*FAULTS.values()) - {"rung canonical", "rung minimal"} == set(BEHAVIOURS)


def test_a_task_that_does_not_use_the_oracle_is_refused():
    class Other(FaultyOracle):
        name = "others"

    def make_with_program(folder):
        return make_task(
            folder,
            oracle="program",
            options={"judge": "judge.py", "worker": "worker.py"},
            workspace={"work.txt": ""},
            tests={},
            rungs={},
        )

    with (
        pytest.raises(UsageError, match="no check '' that uses 'others'"),
        OracleBench(Other(), make_with_program, LocalProvider()),
    ):
        pass
