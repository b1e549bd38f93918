"""Tests every kind of sandbox must pass: as a function, and as a pytest class."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from awb_core.errors import AwbError, SandboxUnavailable
from awb_core.model import Environment
from awb_core.protocols import SandboxProvider
from awb_core.testing import sandbox_commands as commands
from awb_core.testing import sandbox_files as files
from awb_core.testing import sandbox_isolation as isolation
from awb_core.testing import sandbox_limits as limits
from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.adapters import Finding
from awb_core.testing.sandbox_bench import SandboxBench


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """A behaviour, and the protection without which nobody may ask for it."""

    look: Callable[[SandboxBench], Observation]
    protection: str = ""
    """Whoever states that it does not give this protection need not show the behaviour."""
    locked: bool = False
    """Whoever refuses to lock an agent in, with `SandboxUnavailable`, need not show the behaviour."""


def _plain(look: Callable[[SandboxBench], Observation], protection: str = "") -> Required:
    return Required(look=look, protection=protection)


def _locked(look: Callable[[SandboxBench], Observation]) -> Required:
    return Required(look=look, locked=True)


NETWORK, FILES = "network off", "files of the host hidden"
KILLED, LIMITED = "all processes killed", "memory and process limits"

BEHAVIOURS: Mapping[str, Required] = MappingProxyType(
    {
        "says what it is": _plain(commands.says_what_it_is),
        "prepares once": _plain(commands.prepares_once),
        "refuses what cannot be built": _plain(commands.refuses_what_cannot_be_built),
        "places": _plain(commands.names_its_places),
        "workspace": _plain(commands.starts_in_the_workspace),
        "exit code and streams": _plain(commands.reports_the_end),
        "signals": _plain(commands.reports_signals),
        "arguments": _plain(commands.passes_arguments_on),
        "variables": _plain(commands.passes_variables_on),
        "stdin": _plain(commands.passes_stdin_on),
        "no stdin": _plain(commands.closes_stdin),
        "missing command": _plain(commands.misses_commands),
        "python": _plain(commands.has_its_python_first),
        "same everywhere": _plain(commands.is_the_same_everywhere),
        "no secrets": _plain(commands.inherits_no_secrets),
        "state": _plain(commands.keeps_its_state),
        "fresh": _plain(commands.is_fresh),
        "apart": _plain(commands.keeps_sandboxes_apart),
        "home": _plain(commands.has_a_home),
        "time limit": _plain(limits.ends_at_the_limit),
        "held output": _plain(limits.ends_with_its_output_held),
        "flood": _plain(limits.cuts_floods),
        "flood of errors": _plain(limits.cuts_floods_of_errors),
        "both ends": _plain(limits.keeps_both_ends),
        "process limit": _plain(limits.limits_processes, LIMITED),
        "memory limit": _plain(limits.limits_memory, LIMITED),
        "memory granted": _plain(limits.grants_memory),
        "file limit": _plain(limits.limits_files),
        "time counted": _plain(limits.counts_time),
        "daemons": _plain(limits.kills_daemons, KILLED),
        "daemons when closed": _plain(limits.kills_when_closed, KILLED),
        "kill": _plain(limits.can_be_killed),
        "stop": _plain(limits.can_be_stopped),
        "stop with nothing open": _plain(limits.stops_nothing),
        "reap spares the living": _plain(limits.spares_the_living),
        "reap removes the dead": _plain(limits.reaps_the_dead),
        "leaves nothing": _plain(limits.leaves_nothing),
        "leaves nothing after an error": _plain(limits.leaves_nothing_after_an_error, KILLED),
        "put": _plain(files.takes_files),
        "put twice": _plain(files.takes_files_twice),
        "source untouched": _plain(files.leaves_the_source_alone),
        "links stay links": _plain(files.keeps_links_as_links),
        "hidden late": _plain(files.shows_hidden_files_late),
        "hidden read-only": _plain(files.protects_hidden_files, FILES),
        "collect": _plain(files.gives_the_workspace_back),
        "collect nothing else": _plain(files.gives_nothing_else_back),
        "collect nothing": _plain(files.gives_an_empty_workspace_back),
        "collect no links": _plain(files.refuses_links_and_devices),
        "collect no sockets": _plain(files.refuses_sockets),
        "collect no linked folder": _plain(files.refuses_a_link_for_the_workspace),
        "collect no giant": _plain(files.refuses_a_giant),
        "collect not too much": _plain(files.refuses_too_much),
        "collect not too many": _plain(files.refuses_too_many),
        "collect not too deep": _plain(files.refuses_too_deep),
        "no network": _plain(isolation.has_no_network, NETWORK),
        "loopback": _plain(isolation.has_loopback),
        "host files": _plain(isolation.hides_files, FILES),
        "host processes": _plain(isolation.hides_processes, FILES),
        "privileges": _plain(isolation.drops_privileges, FILES),
        "system": _plain(isolation.protects_the_system, FILES),
        "off without a gateway": _plain(isolation.is_off_without_a_gateway, NETWORK),
        "gateway": _locked(isolation.reaches_the_gateway),
        "nothing but the gateway": _locked(isolation.reaches_nothing_else),
        "packages": _locked(isolation.reaches_packages),
        "packages and gateway": _locked(isolation.reaches_gateway_and_packages),
        "nothing but packages": _locked(isolation.reaches_only_packages),
        "only loopback": _locked(isolation.has_loopback_only),
        "mounts": _locked(isolation.mounts_read_only),
        "same when locked": _locked(isolation.is_itself_when_locked),
        "isolated when locked": _locked(isolation.is_still_isolated_when_locked),
    }
)
"""All that is looked at, in this order."""


def check_sandbox(
    make: Callable[[], SandboxProvider],
    *,
    report: Callable[[Finding], None] = lambda _: None,
    environment: Environment | None = None,
    leftovers: Callable[[str], Iterable[str]] = lambda _: (),
) -> tuple[Finding, ...]:
    """Look at every behaviour of a kind of sandbox, and tell `report` of each.

    `make` returns a new provider. `leftovers` says what there still is of the sandboxes of a run: folders, machines,
    whatever its author can list.

    Raises:
        EnvironmentFailed: the environment cannot be built.
    """
    found: list[Finding] = []
    with SandboxBench(make, environment, leftovers) as bench:
        for name in BEHAVIOURS:
            finding = look_at(bench, name)
            report(finding)
            found.append(finding)
    return tuple(found)


def look_at(bench: SandboxBench, name: str) -> Finding:
    """Look at one behaviour, if it is asked for; whatever the sandbox raises is a finding."""
    required, began = BEHAVIOURS[name], time.monotonic()
    stated = bench.protections.get(required.protection)
    if stated is False:
        words = f"it states that it does not give: {required.protection}"
        return Finding(name=name, holds=True, observed=False, detail=words)
    try:
        observed = required.look(bench)
    except SandboxUnavailable as error:
        observed = Observation(holds=required.locked, observed=False, detail=str(error))
    except AwbError as error:
        observed = Observation(holds=False, detail=f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 - a sandbox is third-party code
        observed = Observation(holds=False, detail=f"it raised {error!r}")
    return Finding(
        name=name,
        holds=observed.holds,
        detail=observed.detail,
        seconds=round(time.monotonic() - began, 3),
        observed=observed.observed,
    )


class SandboxTests:
    """Inherit from it in the tests of a sandbox's distribution and return the provider.

    Each behaviour is a test of its own. What a provider states in `probe().protections` decides what is asked of it:
    who states that the network is not off is not failed for the network, and the finding says so.
    """

    __test__ = False

    _stack: ClassVar[ExitStack]
    _bench: ClassVar[SandboxBench]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__test__" not in vars(cls):
            cls.__test__ = True

    def provider(self) -> SandboxProvider:
        """Return a new provider."""
        raise NotImplementedError

    def environment(self) -> Environment:
        """Return what the sandboxes have installed; a bare Python by default."""
        return Environment()

    def leftovers(self, run: str) -> Iterable[str]:
        """Return what there still is of the sandboxes of a run, for example the machines that carry its label."""
        del run
        return ()

    def look_at(self, behaviour: str) -> Finding:
        """Look at one behaviour."""
        return look_at(self._bench, behaviour)

    @classmethod
    def setup_class(cls) -> None:
        """Open the bench."""
        tests = cls()
        cls._stack = ExitStack()
        bench = SandboxBench(tests.provider, tests.environment(), tests.leftovers)
        cls._bench = cls._stack.enter_context(bench)

    @classmethod
    def teardown_class(cls) -> None:
        """Close the bench."""
        cls._stack.close()

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Make a test of each behaviour."""
        if "behaviour" in metafunc.fixturenames:
            metafunc.parametrize("behaviour", [*BEHAVIOURS])

    def test_it(self, behaviour: str) -> None:
        """The behaviour holds."""
        finding = self.look_at(behaviour)
        assert finding.holds, finding.detail
