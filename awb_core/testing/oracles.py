"""Tests every oracle must pass: as a function, and as a pytest class."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from awb_core.errors import AwbError
from awb_core.protocols import Oracle, SandboxProvider
from awb_core.registry import discover
from awb_core.testing import oracle_behaviours as behaviours
from awb_core.testing import oracle_faults as faults
from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.adapters import SANDBOX_VARIABLE, Finding
from awb_core.testing.oracle_bench import OracleBench
from awb_core.testing.sandbox_bench import seen

RUNG = "rung "
"""Begins the names of the behaviours that measure a rung."""

BEHAVIOURS: Mapping[str, Callable[[OracleBench], Observation]] = MappingProxyType(
    {
        "name": behaviours.has_a_name,
        "schema": behaviours.has_a_schema,
        "options": behaviours.refuses_wrong_options,
        "sane": behaviours.is_sane,
        "repeatable": behaviours.repeats_itself,
        "any seed": behaviours.takes_any_seed,
        "touches nothing": behaviours.touches_nothing,
        "empty workspace": faults.survives_an_empty_workspace,
        "emptied files": faults.survives_emptied_files,
        "junk": faults.survives_junk,
        "nesting": faults.survives_nesting,
        "odd values": faults.survives_odd_values,
        "folders for files": faults.survives_folders,
        "masses": faults.survives_masses,
        "not steered": faults.is_not_steered,
        "hidden files missing": faults.misses_hidden_files,
        "hidden files are junk": faults.mistrusts_hidden_junk,
        "silent command": faults.mistrusts_silence,
        "dead command": faults.mistrusts_death,
        "hanging command": faults.mistrusts_hanging,
        "flooding command": faults.mistrusts_floods,
        "any output": faults.survives_any_output,
        "failing sandbox": faults.passes_failures_on,
    }
)
"""All that is looked at, in this order, after the rungs."""


def check_oracle(
    oracle: Oracle,
    make: Callable[[Path], Path],
    expected: Mapping[str, float],
    *,
    report: Callable[[Finding], None] = lambda _: None,
    provider: SandboxProvider | None = None,
    check: str = "",
) -> tuple[Finding, ...]:
    """Look at every behaviour of an oracle, and tell `report` of each.

    `make` returns the folder of a task that uses the oracle: one that exists, or one that `make_task` writes into the
    empty folder it is given. `expected` says what the oracle measures on rungs of that task, for example
    `{"noop": 0.0, "canonical": 1.0}`.

    Raises:
        ManifestError: the task cannot be read.
        UsageError: the task does not use the oracle.
    """
    found: list[Finding] = []
    with OracleBench(oracle, make, provider or default_provider(), check) as bench:
        for name in (*(f"{RUNG}{rung}" for rung in expected), *BEHAVIOURS):
            finding = look_at(bench, name, expected)
            report(finding)
            found.append(finding)
    return tuple(found)


def look_at(bench: OracleBench, name: str, expected: Mapping[str, float]) -> Finding:
    """Look at one behaviour; whatever is raised is a finding."""
    began = time.monotonic()
    try:
        if name.startswith(RUNG):
            rung = name.removeprefix(RUNG)
            observed = _measures(bench, rung, expected[rung])
        else:
            observed = BEHAVIOURS[name](bench)
    except AwbError as error:
        observed = Observation(holds=False, detail=f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 - an oracle is third-party code
        observed = Observation(holds=False, detail=f"it raised {error!r}")
    return Finding(
        name=name,
        holds=observed.holds,
        detail=observed.detail,
        seconds=round(time.monotonic() - began, 3),
        observed=observed.observed,
    )


def default_provider() -> SandboxProvider:
    """Return the sandbox that `AWB_TEST_SANDBOX` names, or the local one."""
    return discover().sandbox(os.environ.get(SANDBOX_VARIABLE) or "local")


def _measures(bench: OracleBench, rung: str, value: float) -> Observation:
    done = bench.ordinary if rung == "canonical" else bench.measure(bench.rung(rung))
    held = done.value is not None and math.isclose(done.value, value, rel_tol=1e-6, abs_tol=1e-6)
    return seen(held, f"{rung}: {done}, expected {value:g}")


class OracleTests:
    """Inherit from it in the tests of an oracle's distribution; return the oracle and a task that uses it.

    Each behaviour is a test of its own. The sandbox is the one that `AWB_TEST_SANDBOX` names, else the local one.
    """

    __test__ = False

    expected: ClassVar[Mapping[str, float]] = {}
    """What the oracle measures on rungs of the task; at least `noop` and `canonical`, which must differ."""

    check: ClassVar[str] = ""
    """The check of the task that uses the oracle; the first one that does if empty."""

    _stack: ClassVar[ExitStack]
    _bench: ClassVar[OracleBench]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__test__" not in vars(cls):
            cls.__test__ = True

    def oracle(self) -> Oracle:
        """Return the oracle under test."""
        raise NotImplementedError

    def task(self, folder: Path) -> Path:
        """Return the folder of a task that uses it; `make_task` writes one into the empty folder that is given."""
        raise NotImplementedError

    def provider(self) -> SandboxProvider:
        """Return the sandbox it works in."""
        return default_provider()

    @classmethod
    def setup_class(cls) -> None:
        """Open the bench."""
        tests = cls()
        cls._stack = ExitStack()
        bench = OracleBench(tests.oracle(), tests.task, tests.provider(), tests.check)
        cls._bench = cls._stack.enter_context(bench)

    @classmethod
    def teardown_class(cls) -> None:
        """Close the bench."""
        cls._stack.close()

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Make a test of each rung and of each behaviour."""
        if "behaviour" in metafunc.fixturenames:
            rungs = [f"{RUNG}{rung}" for rung in self.expected]
            metafunc.parametrize("behaviour", [*rungs, *BEHAVIOURS])

    def test_its_rungs_tell_something(self) -> None:
        """Work done and no work done measure differently."""
        assert {"noop", "canonical"} <= set(self.expected)
        assert self.expected["noop"] != self.expected["canonical"]

    def test_it(self, behaviour: str) -> None:
        """The behaviour holds."""
        finding = look_at(self._bench, behaviour, self.expected)
        assert finding.holds, finding.detail
