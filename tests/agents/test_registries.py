"""Installations from the real registries."""

from dataclasses import replace

import pytest
from agents.support import SPECS

from awb_core.adapters.agents.spec import NpmInstall
from awb_core.adapters.install import install_agent, installed_agent
from awb_core.errors import EnvironmentFailed

pytestmark = pytest.mark.network

TINY = replace(
    SPECS["codex"],
    name="tiny",
    install=NpmInstall(
        package="is-number",
        version="7.0.0",
        binary="node_modules/is-number/index.js",
        command="tiny",
        prune=("node_modules/is-number/README.md",),
    ),
)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("AWB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_package_is_installed_once_at_its_exact_version():
    told = []

    first = install_agent(TINY, None, told.append)
    second = install_agent(TINY, None, told.append)

    assert first == second == installed_agent(TINY)
    assert (first.version, len(first.digest), len(told)) == ("7.0.0", 64, 1)
    assert '"version": "7.0.0"' in (first.root / "node_modules/is-number/package.json").read_text()
    assert (first.root / "bin" / "tiny").stat().st_mode & 0o111
    assert not (first.root / "node_modules/is-number/README.md").exists()


def test_a_version_that_does_not_exist_is_said_and_leaves_nothing(cache):
    with pytest.raises(EnvironmentFailed, match="no such package or version"):
        install_agent(TINY, "7.99.0", print)

    assert installed_agent(TINY, "7.99.0") is None
    assert not any((cache / "agents").iterdir())
