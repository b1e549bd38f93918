"""`awb new-pack` and `awb new-dimension`: what they write, and that our own packs have the same shape."""

import json
import tomllib
from pathlib import Path

import pytest
from scaffold.conftest import files_of

from awb_core.builtins import DIMENSIONS

PACKS = Path(__file__).parents[2] / "packs"


def project_of(folder):
    return tomllib.loads((folder / "pyproject.toml").read_text())


def test_a_new_pack_is_listed_and_passes_its_tests_and_linters(
    new, install, site, tmp_path, run_tests, findings_of_ruff
):
    done = new("new-pack", "security", "--author", "Ada Lovelace")

    folder = tmp_path / "awb-pack-security"
    install(folder)
    listed = json.loads(site.awb("packs", "--json").stdout)
    assert done.exit_code == 0, done.output
    assert {p["name"]: (p["tasks"], p["dimensions"], p["broken"]) for p in listed}[
        "awb-pack-security"
    ] == (1, ["security"], [])
    assert findings_of_ruff(folder) == ""
    assert run_tests(folder)[0] == 0
    assert project_of(folder)["project"]["authors"] == [{"name": "Ada Lovelace"}]
    assert project_of(folder)["project"]["license"] == "Apache-2.0"


@pytest.mark.parametrize("dimension", DIMENSIONS, ids=lambda one: one.id)
def test_our_own_packs_have_the_shape_of_the_template(new, tmp_path, dimension):
    new("new-pack", dimension.id, "--title", dimension.title)

    made, ours = (root / f"awb-pack-{dimension.id}" for root in (tmp_path, PACKS))
    package = f"src/awb_pack_{dimension.id.replace('-', '_')}"

    def frame(folder):
        files = {name for name in files_of(folder) if not name.startswith(f"{package}/tasks/")}
        return files - {f"{package}/ADMISSION.json"}

    template, project = project_of(made), project_of(ours)
    assert project["tool"].pop("uv") == {"sources": {"awb-core": {"workspace": True}}}
    assert frame(ours) == frame(made)
    # What a pack's judges need beside the core is its own.
    dependencies = project["project"].pop("dependencies")
    assert set(template["project"].pop("dependencies")) <= set(dependencies)
    assert project == template
    for name in (f"{package}/__init__.py", f"{package}/pack.toml", "tests/test_pack.py"):
        assert (ours / name).read_text() == (made / name).read_text(), name


def test_a_standard_dimension_is_not_registered_again(new, tmp_path):
    new("new-pack", "shop", "--dimension", "debugging")
    new("new-pack", "other", "--dimension", "web-security")

    shop, other = (
        (tmp_path / f"awb-pack-{name}/src/awb_pack_{name}/__init__.py").read_text()
        for name in ("shop", "other")
    )
    assert "awb_dimensions" not in shop
    assert 'Dimension(id="web-security", title="Web security")' in other


def test_a_dimension_that_may_be_mistyped_is_pointed_out(new):
    done = new("new-pack", "shop", "--dimension", "debuging")

    assert "registers the dimension 'debuging'; did you mean 'debugging'?" in done.stderr


def test_questions_have_defaults(new, tmp_path):
    done = new("new-pack", "web", answers="security-review\n\n\n")

    pack = tomllib.loads((tmp_path / "awb-pack-web/src/awb_pack_web/pack.toml").read_text())
    assert done.exit_code == 0, done.output
    assert pack["title"] == "Web"
    assert "authors" not in project_of(tmp_path / "awb-pack-web")["project"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Our Pack"], "no name for a pack: lower-case letters, digits and single hyphens"),
        (["-x", "--"], "no such option"),
        (["x" * 61], "at most 60 characters"),
        (["shop", "--dimension", "Web!"], "no name for a dimension"),
        (["shop", "--title", "{{ 7 * 7 }}"], "must be one line of text without any of"),
        (["shop", "--title", "two\nlines"], "must be one line of text"),
        (["shop", "--author", 'A "B"'], "must be one line of text"),
        (["there"], "there exists already"),
        (["shop", "--out", "file"], "file"),
    ],
)
def test_wrong_input_writes_nothing(new, tmp_path, arguments, words):
    (tmp_path / "awb-pack-there").mkdir()
    (tmp_path / "file").write_text("no folder\n")
    before = sorted(tmp_path.iterdir())

    done = new("new-pack", *arguments)

    assert getattr(done.exception, "exit_code", done.exit_code) == 2
    assert words.lower() in (str(done.exception) + done.output).lower()
    assert sorted(tmp_path.iterdir()) == before


def test_a_dimension_is_added_to_a_pack(new, install, site, tmp_path):
    new("new-pack", "web", "--dimension", "security-review")
    folder = tmp_path / "awb-pack-web"
    project = folder / "pyproject.toml"
    project.write_text(project.read_text().replace("web =", "# the pack\nweb ="))
    before = project.read_text()

    done = new("new-dimension", "accessibility", "--pack", folder, "--title", "For everyone")
    again = new("new-dimension", "accessibility", "--pack", folder)

    install(folder)
    listed = json.loads(site.awb("dimensions", "--json").stdout)
    assert done.exit_code == 0, done.output
    assert {"id": "accessibility", "title": "For everyone"}.items() <= next(
        one for one in listed if one["id"] == "accessibility"
    ).items()
    line = 'dimension-accessibility = "awb_pack_web.dimension_accessibility"\n'
    assert project.read_text().replace(line, "") == before
    assert "registers the dimension 'accessibility' already" in str(again.exception)


@pytest.mark.parametrize(
    ("name", "words"),
    [("debugging", "is registered already"), ("No", "is no name for a dimension")],
)
def test_a_dimension_that_cannot_be_changes_nothing(new, tmp_path, name, words):
    new("new-pack", "web", "--dimension", "security-review")
    before = files_of(tmp_path)

    done = new("new-dimension", name, "--pack", "awb-pack-web")

    assert words in str(done.exception)
    assert files_of(tmp_path) == before
