"""What earlier checks measured: one small file a measurement, taken over while nothing it depends on has changed."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from awb_core.engine.conditions import Conditions
from awb_core.model import Task, digest_of
from awb_core.protocols import Oracle, SandboxProvider
from awb_core.sandbox.cache import cache_root
from awb_core.store import write_whole
from awb_core.tree import digest_file, digest_tree, walk

JUDGING = (
    *("adapters/ladder.py", "engine/", "injected/", "oracles/", "sandbox/", "scoring/"),
    *("model.py", "protocols.py", "tree.py"),
)
"""Parts of the core on which a measurement depends."""


class Known:
    """The measurements of earlier checks on this host."""

    def __init__(
        self, provider: SandboxProvider, oracles: Mapping[str, Oracle], *, seed: int, read: bool
    ) -> None:
        """Take over what was measured in this kind of sandbox; with `read` off, measure everything again."""
        self._read = read
        self._oracles = oracles
        self._common = [
            core_digest(),
            provider.name,
            dict(provider.probe().facts),
            seed,
        ]

    def key(
        self, task: Task, kind: str, name: str, *, conditions: Conditions, extra: object = None
    ) -> str:
        """Identify a measurement by everything it depends on."""
        oracles = sorted({code_digest(self._oracles[check.oracle]) for check in task.checks})
        parts = [self._common, oracles, task.digest, task.environment.digest]
        return digest_of([*parts, kind, name, repr(conditions), extra])[:40]

    def once(
        self, task: Task, what: str, make: Callable[[], list[Any]], extra: object = None
    ) -> list[Any]:
        """Return a list that depends on the task's files and on `extra`, made only when those have changed."""
        key = digest_of([_rules_digest(), task.digest, what, extra])[:40]
        found = self.get(task, key)
        if found is None:
            found = {"list": make()}
            self.put(task, key, found)
        return list(found["list"])

    def get(self, task: Task, key: str) -> dict[str, Any] | None:
        """Return a measurement; None if there is none that can be read."""
        if not self._read:
            return None
        try:
            found = json.loads(_place(task, key).read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def put(self, task: Task, key: str, value: Mapping[str, Any]) -> None:
        """Keep a measurement; a cache that cannot be written is only slower."""
        place = _place(task, key)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, json.dumps(value).encode())
        except OSError:
            return


@cache
def core_digest() -> str:
    """Identify the code of the core that runs trials and judges them."""
    root = Path(__file__).resolve().parent.parent
    names = [name for name in walk(root) if name.startswith(JUDGING)]
    return digest_tree(root, names)


@cache
def _rules_digest() -> str:
    return digest_tree(Path(__file__).resolve().parent) + core_digest()


@cache
def _file_digest(path: str) -> str:
    return digest_file(Path(path))


def code_digest(thing: object) -> str:
    """Identify the code of a plugin object: its module's file."""
    try:
        return _file_digest(inspect.getfile(type(thing)))
    except (TypeError, OSError):
        return repr(type(thing))


def _place(task: Task, key: str) -> Path:
    return cache_root() / "checks" / task.id / f"{key}.json"
