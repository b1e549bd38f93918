"""A bench for real agents."""

import pytest
from real_agents.bench import Bench

from awb_core.registry import discover
from awb_core.testing import ModelServer


@pytest.fixture
def bench(tmp_path):
    with ModelServer() as server:
        yield Bench(tmp_path, server)


@pytest.fixture
def tiny_bench(bench, tiny):
    """The same on the smallest task."""
    bench.site = str(tiny.root)
    return bench


@pytest.fixture(scope="session")
def real_task():
    """Return a task of an installed pack."""
    return discover().tasks.__getitem__
