"""What is installed is what is in the checkout: wheel, sdist and editable."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from awb_core.resources import resource_dir
from awb_core.tree import walk

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"

pytestmark = pytest.mark.network


def uv(*arguments):
    done = subprocess.run(
        [UV, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Build the core as sdist and, from that sdist, as wheel; and one pack."""
    out = tmp_path_factory.mktemp("dist")
    uv("build", "--quiet", "--out-dir", out, ROOT)
    uv("build", "--quiet", "--wheel", "--out-dir", out, ROOT / "packs/awb-pack-data-migration")
    return out


def names_of_wheel(built, name):
    with zipfile.ZipFile(next(built.glob(f"{name}-*.whl"))) as wheel:
        return set(wheel.namelist())


def test_the_wheel_holds_schemas_templates_and_every_module(built):
    names = names_of_wheel(built, "awb_core")
    for folder in ("schemas", "templates"):
        for name in walk(ROOT / folder):
            assert f"awb_core/{folder}/{name}" in names
    for name in walk(ROOT / "awb_core"):
        assert f"awb_core/{name}" in names


def test_the_sdist_holds_the_sources_but_no_pack(built):
    with tarfile.open(next(built.glob("awb_core-*.tar.gz"))) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}
    assert "schemas/task.schema.json" in names
    assert "awb_core/model.py" in names
    assert "LICENSE" in names
    assert not any(name.startswith("packs/") for name in names)


def test_a_pack_s_wheel_holds_every_file_of_its_tasks(built):
    names = names_of_wheel(built, "awb_pack_data_migration")
    source = ROOT / "packs/awb-pack-data-migration/src"
    for name in walk(source):
        assert name in names


def test_installed_from_wheels_it_works(built, tmp_path):
    env = tmp_path / "env"
    uv("venv", "--quiet", "--python", sys.executable, env)
    uv("pip", "install", "--quiet", "--python", env / "bin/python", *built.glob("*.whl"))
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}

    def awb(*arguments):
        return subprocess.run(
            [env / "bin/awb", *arguments],
            cwd=tmp_path,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )

    packs = awb("packs")
    assert packs.returncode == 0, packs.stderr
    assert "awb-pack-data-migration" in packs.stdout
    run = awb(
        "run",
        "-w",
        "noop",
        "--task",
        "dm-split-contacts",
        "--sandbox",
        "local",
        "--out",
        tmp_path / "r",
    )
    assert run.returncode == 0, run.stderr
    assert awb("report", tmp_path / "r", "--format", "html").returncode == 0


def test_the_editable_install_uses_the_checkout():
    assert resource_dir("schemas") == ROOT / "schemas"
    assert resource_dir("templates") == ROOT / "templates"


def test_the_lock_is_up_to_date():
    uv("lock", "--check")
