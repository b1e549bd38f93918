"""The kit for adapters: a good one passes, and each fault is found by the behaviour it breaks."""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from conformance.tiny_adapter import TinyAdapter

from awb_core.sandbox.docker import DockerProvider
from awb_core.sandbox.local import LocalProvider
from awb_core.testing import AdapterTests, Times, Usage, check_adapter
from awb_core.testing.adapter_behaviours import is_metered_exactly
from awb_core.testing.adapter_bench import AdapterBench
from awb_core.testing.adapters import BEHAVIOURS, look_at

TIMES = Times(limit_seconds=3, error_seconds=10, work_seconds=30, late_seconds=5)

FAULTS = {
    "wrong version": {"version"},
    "no bits": {"edits files"},
    "litters": {"home"},
    "writes outside": {"home"},
    "decides itself": {"refused key", "errors"},
    "detaches": {"time limit"},
    "raises when killed": {"killed"},
    "floods": {"output"},
    "one line": {"instruction"},
    "other home": {"overlay"},
    "raises on reports": {"parser"},
}

WAITING = {"time limit", "silence"}
"""Behaviours that take the whole time limit."""


def broken(findings):
    return {finding.name: finding.detail for finding in findings if not finding.holds}


@pytest.fixture(scope="session")
def local():
    provider = LocalProvider()
    if provider.bubblewrap is None:
        pytest.skip("apt-get install bubblewrap")
    return provider


@pytest.mark.parametrize("kind", ["local", pytest.param("docker", marks=pytest.mark.docker)])
def test_a_good_adapter_passes(tmp_path, request, kind):
    provider = DockerProvider() if kind == "docker" else request.getfixturevalue("local")
    seen = []

    findings = check_adapter(TinyAdapter(tmp_path), provider, report=seen.append, times=TIMES)

    assert broken(findings) == {}
    assert seen == list(findings)
    assert [finding.name for finding in findings] == list(BEHAVIOURS)
    assert [finding.name for finding in findings if not finding.observed] == ["parser"]
    assert next(f for f in findings if f.name == "claims").detail == "equal to the measured"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_by_the_behaviour_it_breaks_and_no_other(tmp_path, local, fault):
    names = [name for name in BEHAVIOURS if name not in WAITING or name in FAULTS[fault]]

    with AdapterBench(TinyAdapter(tmp_path, fault), local, times=TIMES) as bench:
        findings = [look_at(bench, name) for name in names]

    assert set(broken(findings)) == FAULTS[fault], broken(findings)


@pytest.mark.parametrize(
    ("fault", "last"),
    [("other tool", "installs"), ("other host", "network"), ("other upstream", "network")],
)
def test_nothing_else_is_looked_at_without_the_foundations(tmp_path, local, fault, last):
    findings = check_adapter(TinyAdapter(tmp_path, fault), local, times=TIMES)

    assert [findings[-1].name, *broken(findings)] == [last, last]


def test_what_is_started_on_the_host_is_found_and_killed(tmp_path, local):
    adapter = TinyAdapter(tmp_path, "starts on the host")

    with AdapterBench(adapter, local, times=TIMES) as bench:
        finding = look_at(bench, "leaves nothing")

    assert not finding.holds
    assert "process sleep" in finding.detail
    assert [process.wait(5) for process in adapter.started] == [-9]


def test_an_agent_that_is_not_killed_at_its_limit_is_found(tmp_path, local):
    with AdapterBench(TinyAdapter(tmp_path, "ignores limits"), local, times=TIMES) as bench:
        finding = look_at(bench, "time limit")

    assert not finding.holds
    assert "it went on" in finding.detail


def test_wrong_claims_are_told_and_are_no_failure(tmp_path, local):
    with AdapterBench(TinyAdapter(tmp_path, "overstates"), local, times=TIMES) as bench:
        finding = look_at(bench, "claims")

    assert finding.holds
    assert finding.detail == "claimed minus measured: output_tokens +5"


def test_tokens_that_the_gateway_missed_are_found():
    served = SimpleNamespace(usage=Usage(input_tokens=100, output_tokens=5))
    bench = SimpleNamespace(ordinary=SimpleNamespace(served=(served,), requests=()))

    seen = is_metered_exactly(bench)

    assert not seen.holds
    assert "input_tokens=100" in seen.detail


def test_an_agent_that_hides_its_errors_is_still_no_result(tmp_path, local):
    with AdapterBench(TinyAdapter(tmp_path, "hides errors"), local, times=TIMES) as bench:
        findings = [look_at(bench, name) for name in ("refused key", "errors")]

    assert broken(findings) == {}


class TestTinyAdapter(AdapterTests):
    """The kit's pytest class, as a third party uses it."""

    times = TIMES

    def adapter(self):
        return TinyAdapter(self.folder)

    def provider(self):
        return LocalProvider()

    @classmethod
    def setup_class(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.scratch.name)
        super().setup_class()

    @classmethod
    def teardown_class(cls):
        super().teardown_class()
        cls.scratch.cleanup()


ADAPTERS = """
import sys
from pathlib import Path
from awb_core import hookimpl
sys.path.insert(0, {tests!r})
from conformance.tiny_adapter import TinyAdapter

@hookimpl
def awb_adapters():
    return [TinyAdapter(Path({folder!r}), {fault!r})]
"""


@pytest.mark.parametrize("fault", ["", "other host"])
def test_the_command_says_what_holds(tmp_path, site, local, fault):
    tests = str(site.checkout() / "tests")
    source = ADAPTERS.format(tests=tests, folder=str(tmp_path), fault=fault)
    site.add_plugin("awb-adapter-tiny", "awb_adapter_tiny", source)

    done = site.awb("check-adapter", "tiny", "--sandbox", "local", "--json")

    told = json.loads(done.stdout)
    assert (told["adapter"], told["sandbox"], told["holds"]) == ("tiny", "local", not fault)
    assert done.returncode == (1 if fault else 0)
    assert f"network         {'FAILED' if fault else 'ok'}" in done.stderr


def test_the_command_knows_near_matches(site):
    done = site.awb("check-adapter", "codx")

    assert done.returncode == 2
    assert "codex" in done.stderr
