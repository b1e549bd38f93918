"""The documentation says what the code does."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from awb_core import hookspecs
from awb_core.cli import COMMANDS
from awb_core.registry import discover
from awb_core.workflow_file import load_workflows

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
PAGES = [page for page in PAGES if not {"_build", "examples"} & set(page.parts)]


def test_the_generated_reference_is_up_to_date():
    script = ROOT / "docs/generate.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_proof_of_trust_is_of_the_tasks_and_attacks_that_are_installed(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    script = importlib.import_module("prove_trust")
    page = script.PAGE.read_text("utf-8")
    columns, rows = script.read_page()
    registry = discover()

    monkeypatch.setattr(script, "PAGE", tmp_path / "page.md")
    script.write_page(columns, rows)

    assert script.PAGE.read_text("utf-8") == page
    assert set(rows) == set(registry.tasks)
    for (_, task), found in columns.items():
        applies = {
            n for n, attack in registry.attacks.items() if attack.applies(registry.tasks[task])
        }
        assert set(found) == applies, task


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_that_are_shown_exist(page):
    text = page.read_text()
    for command in re.findall(r"(?:^\$ (?:\.venv/bin/)?|`)awb ([a-z][a-z-]*)", text, re.MULTILINE):
        assert command in COMMANDS, command
    for target in re.findall(r"(?:^\$ |`)make ([a-z-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), target


def test_every_page_is_in_the_index():
    index = (ROOT / "docs/index.md").read_text()
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").with_suffix("").as_posix()
        if name != "index" and not name.startswith(("_build", "examples")):
            assert name in index, name


def test_every_example_of_a_workflow_is_a_workflow():
    adapters = discover().adapters
    files = sorted((ROOT / "docs/examples/workflows").glob("*.toml"))
    assert len(files) >= 3
    for file in files:
        assert load_workflows(file, adapters)


def test_every_hook_is_documented_and_used_by_the_core_or_a_pack():
    page = (ROOT / "docs/reference/plugins.md").read_text()
    hooks = {name for name in vars(hookspecs) if name.startswith("awb_")}
    implemented = {hook for p in discover().plugins for hook in hooks if hasattr(p.value, hook)}
    for hook in hooks:
        assert f"`{hook}()`" in page
    assert implemented == hooks


def test_every_oracle_is_in_the_task_format():
    page = (ROOT / "docs/reference/task-format.md").read_text()
    for oracle in discover().oracles:
        assert f"| `{oracle}` |" in page


def test_every_layer_is_in_the_architecture():
    page = (ROOT / "docs/explanation/architecture.md").read_text()
    for entry in (ROOT / "awb_core").iterdir():
        name = entry.stem
        if name not in ("__init__", "__main__", "__pycache__", "injected", "py"):
            assert f"`{name}`" in page, name
    assert "awb_core/injected" in page


def test_the_readme_shows_the_heat_map_and_two_commands_first():
    head = (ROOT / "README.md").read_text().split("## ")[0]
    assert "docs/images/heat-map.png" in head
    assert head.count("\n$ ") == 2


def test_packs_have_the_same_shape():
    names = []
    for pack in sorted((ROOT / "packs").iterdir()):
        module = pack.name.replace("-", "_")
        present = {
            p
            for p in (
                "pyproject.toml",
                "README.md",
                "tests/test_pack.py",
                f"src/{module}/pack.toml",
            )
            if (pack / p).is_file()
        }
        assert len(present) == 4, pack.name
        text = (pack / "pyproject.toml").read_text()
        assert "ignore-vcs = true" in text
        assert f'name = "{pack.name}"' in text
        assert len((pack / "README.md").read_text().splitlines()) >= 8, pack.name
        names.append(pack.name)
    assert len(names) == 12


def test_requirements_name_every_pack():
    lines = (ROOT / "requirements-dev.txt").read_text().splitlines()
    for pack in (ROOT / "packs").iterdir():
        assert f"-e ./packs/{pack.name}" in lines
