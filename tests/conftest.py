"""Fixtures shared by all tests."""

from __future__ import annotations

import gc
import os
import shutil
import textwrap
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from tests_support import Site, write_task


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a daemon or a browser, leave their tests out with a reason; never in CI, where they must run."""
    if os.environ.get("CI"):
        return
    for marker, missing, fix in (
        ("docker", not _docker_answers(), "no Docker daemon answers"),
        ("browser", shutil.which("chromium") is None, "apt-get install chromium"),
    ):
        for item in items:
            if missing and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=fix))


def _docker_answers() -> bool:
    from awb_core.sandbox.docker import DockerProvider

    with warnings.catch_warnings():
        # The Docker SDK leaves the socket of a refused connection open.
        warnings.simplefilter("ignore", ResourceWarning)
        answers = DockerProvider().probe().available
        gc.collect()
    return answers


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A place to install things for one test."""
    root = tmp_path / "site"
    root.mkdir()
    return Site(root)


@pytest.fixture
def tiny(site: Site) -> Site:
    """A site with one pack that holds one good task, `tiny-add`."""
    write_task(site.add_pack())
    return site


@pytest.fixture
def executable(tmp_path: Path) -> Callable[[str], Path]:
    """Make an executable script."""

    def make(source: str, name: str = "agent.sh") -> Path:
        path = tmp_path / name
        path.write_text(textwrap.dedent(source).lstrip())
        path.chmod(0o755)
        return path

    return make
