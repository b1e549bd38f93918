"""Discover what is installed: packs, adapters, oracles, sandboxes, executors, reporters.

Plugins load one entry point at a time, so a broken one is listed with its reason and breaks nothing else; one that
hangs counts as broken when its time is over.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeVar

import pluggy

from awb_core import hookspecs
from awb_core.adapters.attack import AttackAdapter
from awb_core.bounded import CORE, TooSlow, bounded, limit
from awb_core.errors import AwbError, ManifestError, UsageError
from awb_core.manifest import load_pack
from awb_core.model import Dimension, Pack, Task, Workflow
from awb_core.protocols import Adapter, Attack, Executor, Oracle, Reporter, SandboxProvider
from awb_core.validation import did_you_mean
from awb_core.workflow_file import load_workflows

GROUP = "awb"

API = 1
"""Version of what a plugin may rely on; a plugin module that needs another one says so in `AWB_API`."""


class _Named(Protocol):
    name: str


Plugin = TypeVar("Plugin", bound=_Named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Something installed that cannot be used, and why."""

    kind: str
    name: str
    distribution: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """A plugin object with the distribution it came from."""

    distribution: str
    version: str
    value: Any


@dataclass(kw_only=True)
class Registry:
    """Everything that is installed; each kind is read when it is first asked for."""

    plugins: tuple[Provided, ...]
    manager: pluggy.PluginManager
    _broken: list[Broken] = field(default_factory=list)

    @cached_property
    def dimensions(self) -> Mapping[str, Dimension]:
        """Dimensions by id, in the order they were registered."""
        found: dict[str, Provided] = {}
        for provided in self._provided("awb_dimensions"):
            other = found.setdefault(provided.value.id, provided)
            if other.value != provided.value:  # two packs may well have tasks of one dimension
                name = provided.value.id
                reason = f"dimension {name!r} has another title in {other.distribution}"
                self._note("dimension", name, provided.distribution, reason)
        return {name: provided.value for name, provided in found.items()}

    @cached_property
    def oracles(self) -> Mapping[str, Oracle]:
        """Oracles by name."""
        return self._named("awb_oracles", "oracle")

    @cached_property
    def adapters(self) -> Mapping[str, Adapter]:
        """Adapters by name; `attack:NAME` reaches the attacks."""
        found = self._named("awb_adapters", "adapter")
        return {**found, AttackAdapter.name: AttackAdapter(self.attacks)}

    @cached_property
    def attacks(self) -> Mapping[str, Attack]:
        """Attacks by name."""
        return self._named("awb_attacks", "attack")

    @cached_property
    def sandboxes(self) -> Mapping[str, SandboxProvider]:
        """Kinds of sandbox by name."""
        return self._named("awb_sandboxes", "sandbox")

    @cached_property
    def executors(self) -> Mapping[str, Executor]:
        """Executors by name."""
        return self._named("awb_executors", "executor")

    @cached_property
    def reporters(self) -> Mapping[str, Reporter]:
        """Report formats by name."""
        return self._named("awb_reporters", "reporter")

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        """Packs with their readable tasks, sorted by name."""
        schemas = {name: oracle.schema for name, oracle in self.oracles.items()}
        packs: list[Pack] = []
        for provided in self._provided("awb_packs"):
            try:
                loaded = load_pack(
                    Path(provided.value),
                    distribution=provided.distribution,
                    version=provided.version,
                    option_schemas=schemas,
                )
            except ManifestError as error:
                self._note("pack", provided.distribution, provided.distribution, str(error))
                continue
            packs.append(loaded.pack)
            for folder, problem in loaded.broken:
                self._note("task", folder, provided.distribution, str(problem))
        return self._without_duplicates(sorted(packs, key=lambda pack: pack.name))

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """Readable tasks by id."""
        return {task.id: task for pack in self.packs for task in pack.tasks}

    @property
    def broken(self) -> tuple[Broken, ...]:
        """What cannot be used, of every kind."""
        for kind in (
            "dimensions",
            "adapters",
            "attacks",
            "sandboxes",
            "executors",
            "reporters",
            "packs",
        ):
            getattr(self, kind)
        return tuple(sorted(self._broken, key=lambda item: (item.kind, item.name)))

    def sandbox(self, name: str) -> SandboxProvider:
        """Return a kind of sandbox.

        Raises:
            UsageError: there is none of that name.
        """
        return _lookup(self.sandboxes, name, "sandbox")

    def executor(self, name: str) -> Executor:
        """Return an executor.

        Raises:
            UsageError: there is none of that name.
        """
        return _lookup(self.executors, name, "executor")

    def workflows(self, spec: str) -> tuple[Workflow, ...]:
        """Return the workflows that `ADAPTER`, `ADAPTER:ARGUMENT` or a `.toml` file means.

        Raises:
            UsageError: there is no such adapter, or the argument does not fit.
            ManifestError: the file is wrong.
        """
        if spec.endswith(".toml"):
            return load_workflows(Path(spec), self.adapters)
        name, _, argument = spec.partition(":")
        return (_lookup(self.adapters, name, "adapter").workflow(argument),)

    def _named(self, hook: str, kind: str) -> dict[str, Any]:
        found: dict[str, Provided] = {}
        for provided in self._provided(hook):
            name = provided.value.name
            other = found.get(name)
            if other is not None:
                reason = f"{kind} {name!r} is provided by {other.distribution} as well"
                self._note(kind, name, provided.distribution, reason)
                continue
            found[name] = provided
        return {name: provided.value for name, provided in found.items()}

    def _provided(self, hook: str) -> Iterator[Provided]:
        """Call one hook plugin by plugin, so that one that raises is listed and the rest go on."""
        for plugin in self.plugins:
            function = getattr(plugin.value, hook, None)
            if function is None or not self.manager.is_registered(plugin.value):
                continue
            try:
                with bounded(plugin.distribution):
                    values: Iterable[Any] = list(function())
            except (Exception, TooSlow) as error:  # noqa: BLE001 - third-party code
                reason = f"{hook}() raised {_short(error)}"
                self._note("plugin", plugin.distribution, plugin.distribution, reason)
                continue
            for value in values:
                yield Provided(
                    distribution=plugin.distribution, version=plugin.version, value=value
                )

    def _without_duplicates(self, packs: Iterable[Pack]) -> tuple[Pack, ...]:
        owners: dict[str, list[str]] = {}
        packs = list(packs)
        for pack in packs:
            for task in pack.tasks:
                owners.setdefault(task.id, []).append(pack.distribution)
        shared = {task: names for task, names in owners.items() if len(names) > 1}
        for name, names in shared.items():
            reason = f"task id {name!r} is provided by {' and by '.join(names)}; ids are unique"
            self._note("task", name, ", ".join(names), reason)
        return tuple(_keep(pack, lambda task: task.id not in shared) for pack in packs)

    def _note(self, kind: str, name: str, distribution: str, reason: str) -> None:
        self._broken.append(Broken(kind=kind, name=name, distribution=distribution, reason=reason))


def discover() -> Registry:
    """Load every entry point of the group `awb`, the core's own first.

    Raises:
        UsageError: `AWB_PLUGIN_SECONDS` is no number.
    """
    limit()
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    plugins: list[Provided] = []
    broken: list[Broken] = []
    for entry in sorted(entry_points(group=GROUP), key=_core_first):
        distribution = entry.dist.name if entry.dist else "?"
        version = entry.dist.version if entry.dist else "?"
        try:
            with bounded(distribution):
                module = entry.load()
            _refuse_other_api(module)
            _register(manager, entry, module)
        except (Exception, SystemExit, TooSlow) as error:  # noqa: BLE001 - third-party code
            reason = f"cannot be loaded: {_short(error)}"
            broken.append(
                Broken(kind="plugin", name=entry.name, distribution=distribution, reason=reason)
            )
            continue
        plugins.append(Provided(distribution=distribution, version=version, value=module))
    return Registry(plugins=tuple(plugins), manager=manager, _broken=broken)


def _refuse_other_api(module: ModuleType) -> None:
    wanted = getattr(module, "AWB_API", API)
    if wanted != API:
        verb = (
            "update awb-core" if isinstance(wanted, int) and wanted > API else "update the plugin"
        )
        message = f"it needs version {wanted!r} of the plugin API, this awb-core has {API}: {verb}"
        raise UsageError(message)


def _register(manager: pluggy.PluginManager, entry: EntryPoint, module: ModuleType) -> None:
    manager.register(module, name=f"{entry.dist.name if entry.dist else '?'}:{entry.name}")
    try:
        manager.check_pending()
    except pluggy.PluginValidationError:
        manager.unregister(module)
        raise


def _core_first(entry: EntryPoint) -> tuple[bool, str, str]:
    name = entry.dist.name if entry.dist else ""
    return name != CORE, name, entry.name


def _short(error: BaseException) -> str:
    where = traceback.extract_tb(error.__traceback__)
    last = f" ({where[-1].filename}:{where[-1].lineno})" if where else ""
    return f"{type(error).__name__}: {error}{last}"


def _keep(pack: Pack, wanted: Callable[[Task], bool]) -> Pack:
    return replace(pack, tasks=tuple(task for task in pack.tasks if wanted(task)))


def _lookup(known: Mapping[str, Plugin], name: str, kind: str) -> Plugin:
    if name in known:
        return known[name]
    near = did_you_mean(name, known)
    message = f"unknown {kind} {name!r}{near}; known are: {', '.join(known)}"
    raise UsageError(message)


__all__ = ["AwbError", "Broken", "Registry", "discover"]
