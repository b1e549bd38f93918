"""Fixtures: the commands in this process, and generated distributions made visible to the commands of a test."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from awb_core.cli import cli


@pytest.fixture
def new(tmp_path):
    """Run an `awb new-...` command in the test's own folder, without questions unless it gets answers."""

    def run(*arguments: object, answers: str | None = None) -> Result:
        words = [*map(str, arguments), *([] if answers is not None else ["--no-input"])]
        before = Path.cwd()
        os.chdir(tmp_path)
        try:
            return CliRunner().invoke(cli, words, input=answers)
        finally:
            os.chdir(before)

    return run


@pytest.fixture
def install(site):
    """Make a generated distribution visible, as an installation would, from its own `pyproject.toml`."""

    def add(folder: Path) -> None:
        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        package = project["name"].replace("-", "_")
        info = site.root / f"{package}-{project['version']}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        )
        points = project["entry-points"]["awb"].items()
        (info / "entry_points.txt").write_text(
            "[awb]\n" + "".join(f"{name} = {module}\n" for name, module in points)
        )
        if not (site.root / package).exists():
            (site.root / package).symlink_to(folder / "src" / package)

    return add


@pytest.fixture
def run_tests(site):
    """Run the tests of a generated distribution; return what pytest said, and whether it was content."""

    def run(folder: Path, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(site.root), "AWB_TEST_SANDBOX": "local"},
        )
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture
def findings_of_ruff():
    """Return what ruff's default rules find in a folder, started there and from outside."""

    def run(folder: Path) -> str:
        ruff = str(Path(sys.executable).parent / "ruff")
        runs = [
            subprocess.run(
                [ruff, "check", "--isolated", "--no-cache", "--quiet", target],
                cwd=cwd,
                capture_output=True,
                text=True,
                check=False,
            )
            for cwd, target in ((folder, "."), (folder.parent, folder.name))
        ]
        return "".join(done.stdout + done.stderr for done in runs)

    return run


def files_of(folder: Path) -> set[str]:
    """Return the files of a folder, what tools leave apart."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
