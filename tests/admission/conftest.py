"""Small tasks and a bench to check them on, in the local sandbox."""

import pytest

from awb_core.admission.bench import Bench, Scope
from awb_core.admission.gate import check_tasks
from awb_core.manifest import load_task
from awb_core.registry import discover


@pytest.fixture(scope="session")
def registry():
    return discover()


@pytest.fixture
def load(registry):
    schemas = {name: oracle.schema for name, oracle in registry.oracles.items()}
    return lambda root: load_task(root, "tiny", schemas)


@pytest.fixture
def examine(registry):
    """Check a task folder with what is installed; `oracles` and `attacks` add to or replace it."""

    def run(root, scope=None, *, oracles=(), attacks=None, others=(), sandbox="local", **options):
        known = {**registry.oracles, **{oracle.name: oracle for oracle in oracles}}
        schemas = {name: oracle.schema for name, oracle in known.items()}
        bench = Bench(
            adapters=registry.adapters,
            oracles=known,
            attacks=registry.attacks if attacks is None else attacks,
            provider=registry.sandbox(sandbox),
            jobs=2,
            **{"again": True, **options},
        )
        tasks = [load_task(folder, "tiny", schemas) for folder in (root, *others)]
        reports = list(check_tasks(tasks[:1], bench, scope or Scope(), others=tasks[1:]))
        return reports[0]

    return run
