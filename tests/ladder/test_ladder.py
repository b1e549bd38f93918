"""The ladder of every task holds, on each sandbox, once; `make prove` repeats it."""

import pytest
from tests_support import Site

from awb_core.registry import discover

TASKS = sorted(
    task.id
    for pack in discover().packs
    for task in pack.tasks
    if pack.root.is_relative_to(Site.checkout())
)


def test_all_twelve_are_here():
    dimensions = {discover().tasks[name].dimension for name in TASKS}
    assert len(TASKS) >= 12
    assert len(dimensions) == 12


@pytest.mark.network
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("sandbox", ["local", pytest.param("docker", marks=pytest.mark.docker)])
def test_the_ladder_holds(site, sandbox, task):
    done = site.awb("check", task, "--sandbox", sandbox, "--jobs", "1", timeout=1200)
    assert done.returncode == 0, done.stdout + done.stderr
