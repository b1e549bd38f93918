"""Tests every adapter of an agent must pass: as a function, and as a pytest class."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from awb_core.errors import AwbError
from awb_core.model import Workflow
from awb_core.protocols import ModelAdapter, SandboxProvider
from awb_core.registry import discover
from awb_core.testing import adapter_behaviours as behaviours
from awb_core.testing.adapter_behaviours import Behaviour, Observation
from awb_core.testing.adapter_bench import AdapterBench, Times
from awb_core.testing.adapter_fuzz import parses_anything

BEHAVIOURS: Mapping[str, Behaviour] = MappingProxyType(
    {
        "installs": behaviours.installs,
        "network": behaviours.asks_through_the_gateway,
        "version": behaviours.reports_version,
        "edits files": behaviours.edits_files,
        "usage": behaviours.is_metered_exactly,
        "claims": behaviours.makes_claims,
        "home": behaviours.keeps_to_its_places,
        "leaves nothing": behaviours.leaves_nothing,
        "time limit": behaviours.obeys_its_limit,
        "refused key": behaviours.survives_a_refused_key,
        "errors": behaviours.survives_errors,
        "silence": behaviours.survives_silence,
        "killed": behaviours.dies_when_killed,
        "output": behaviours.bounds_its_output,
        "instruction": behaviours.passes_the_instruction_on,
        "overlay": behaviours.sees_its_overlay,
        "parser": parses_anything,
    }
)
"""All that is looked at, in this order."""

FOUNDATIONS = frozenset({"installs", "network"})
"""Without these nothing else can be seen."""

SANDBOX_VARIABLE = "AWB_TEST_SANDBOX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one behaviour."""

    name: str
    holds: bool
    detail: str = ""
    seconds: float = 0.0
    observed: bool = True
    """False where this adapter gives no occasion to see it; it then holds."""


def check_adapter(
    adapter: ModelAdapter,
    provider: SandboxProvider,
    *,
    report: Callable[[Finding], None] = lambda _: None,
    argument: str = "",
    times: Times | None = None,
    workflow: Workflow | None = None,
) -> tuple[Finding, ...]:
    """Look at every behaviour of an adapter, and tell `report` of each.

    It ends early if the tool cannot be installed or does not ask its model through the gateway: nothing else can be
    seen then. `argument` chooses the workflow, mostly by its model, or `workflow` is given whole; an agent that starts
    slowly needs other `times`.

    Raises:
        UsageError: the argument does not fit, or the gateway is not installed.
    """
    found: list[Finding] = []
    chosen = workflow or adapter.workflow(argument)
    with AdapterBench(adapter, provider, argument, times, chosen) as bench:
        for name in BEHAVIOURS:
            finding = look_at(bench, name)
            report(finding)
            found.append(finding)
            if name in FOUNDATIONS and not finding.holds:
                break
    return tuple(found)


def look_at(bench: AdapterBench, name: str) -> Finding:
    """Look at one behaviour; whatever the adapter raises is a finding."""
    began = time.monotonic()
    try:
        seen = BEHAVIOURS[name](bench)
    except AwbError as error:
        seen = Observation(holds=False, detail=f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 - an adapter is third-party code
        seen = Observation(holds=False, detail=f"it raised {error!r}")
    return Finding(
        name=name,
        holds=seen.holds,
        detail=seen.detail,
        seconds=round(time.monotonic() - began, 3),
        observed=seen.observed,
    )


class AdapterTests:
    """Inherit from it in the tests of an adapter's distribution and return the adapter.

    The sandbox is the one that `AWB_TEST_SANDBOX` names, else Docker where a daemon answers, else the local one.
    All tests of a class share a bench: an ordinary run is looked at several times.
    """

    __test__ = False

    argument = ""
    """The argument of the workflow, for example a model; the adapter's default if empty."""

    times = Times()
    """How long things may take."""

    _stack: ClassVar[ExitStack]
    _bench: ClassVar[AdapterBench]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__test__ = True

    def adapter(self) -> ModelAdapter:
        """Return the adapter under test."""
        raise NotImplementedError

    def provider(self) -> SandboxProvider:
        """Return the sandbox it runs in."""
        registry = discover()
        chosen = os.environ.get(SANDBOX_VARIABLE)
        if chosen:
            return registry.sandbox(chosen)
        return next(one for one in registry.sandboxes.values() if one.probe().available)

    @classmethod
    def setup_class(cls) -> None:
        """Open the bench."""
        tests = cls()
        cls._stack = ExitStack()
        bench = AdapterBench(tests.adapter(), tests.provider(), tests.argument, tests.times)
        cls._bench = cls._stack.enter_context(bench)

    @classmethod
    def teardown_class(cls) -> None:
        """Close the bench."""
        cls._stack.close()

    def assert_holds(self, name: str) -> None:
        """Look at a behaviour."""
        finding = look_at(self._bench, name)
        assert finding.holds, finding.detail

    def test_it_installs(self) -> None:
        """The tool is installed at the version that the adapter pins."""
        self.assert_holds("installs")

    def test_it_respects_the_network(self) -> None:
        """It finds its model where nothing but the gateway can be reached."""
        self.assert_holds("network")

    def test_it_reports_its_version(self) -> None:
        """The tool says its version, and it is the pinned one."""
        self.assert_holds("version")

    def test_it_edits_files(self) -> None:
        """The workspace is as the model made it."""
        self.assert_holds("edits files")

    def test_its_usage_is_measured_exactly(self) -> None:
        """The gateway measures what the model served."""
        self.assert_holds("usage")

    def test_its_claims_are_looked_at(self) -> None:
        """Its own figures, if it has any, can be compared with the measured ones."""
        self.assert_holds("claims")

    def test_it_respects_home(self) -> None:
        """It writes into HOME, its workspace and /tmp, and leaves nothing but its work."""
        self.assert_holds("home")

    def test_it_leaves_nothing(self) -> None:
        """No process and no container outlives its sandbox."""
        self.assert_holds("leaves nothing")

    def test_it_obeys_its_time_limit(self) -> None:
        """It is killed at its time limit."""
        self.assert_holds("time limit")

    def test_a_refused_key_is_no_result(self) -> None:
        """A trial with a refused key is invalid."""
        self.assert_holds("refused key")

    def test_errors_to_the_end_are_no_result(self) -> None:
        """A trial whose provider fails is invalid."""
        self.assert_holds("errors")

    def test_a_silent_model_is_no_result(self) -> None:
        """A trial whose model never answers is invalid."""
        self.assert_holds("silence")

    def test_it_dies_when_killed(self) -> None:
        """Killed from outside, it ends at once and leaves nothing."""
        self.assert_holds("killed")

    def test_it_bounds_its_output(self) -> None:
        """A command that prints without end does not end in the transcript."""
        self.assert_holds("output")

    def test_it_passes_the_instruction_on(self) -> None:
        """Any text may be an instruction."""
        self.assert_holds("instruction")

    def test_it_sees_its_overlay(self) -> None:
        """Files of a workflow's overlay are there."""
        self.assert_holds("overlay")

    def test_its_parser_raises_on_nothing(self) -> None:
        """A damaged report is no crash."""
        self.assert_holds("parser")
