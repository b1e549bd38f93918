"""Fixtures shared by all tests."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from tests_support import Site, write_task


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
