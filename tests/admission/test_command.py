"""`awb check` as its users see it: what it says, what it writes, what it does not measure again."""

import json
import os
import signal
import subprocess
import time
from xml.etree import ElementTree

import pytest
from tests_support import AWB, JUDGE, write_task

CANARY_LINE = "# awb-canary 00000000-0000-4000-8000-000000000000\n"
MANY = (
    "def add(a, b):\n"
    + "".join(f"    a = a + {n} - {n}\n" for n in range(1, 7))
    + "    return a + b\n"
)


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """Measurements of other tests are not known here; environments are."""
    cache = tmp_path / "cache"
    cache.mkdir()
    for name in ("environments", "sdists"):
        shared = os.path.expanduser(os.environ.get("AWB_CACHE_DIR") or "~/.cache/awb")
        os.makedirs(f"{shared}/{name}", exist_ok=True)
        (cache / name).symlink_to(f"{shared}/{name}")
    monkeypatch.setenv("AWB_CACHE_DIR", str(cache))
    return cache


def test_admission_is_written_and_bound_to_the_task(site, own_cache):
    root = write_task(site.add_pack(), canonical=MANY)
    for name, edit in (("no_a", "'a + b', 'b'"), ("no_b", "'a + b', 'a'")):
        (root / "mutants").mkdir(exist_ok=True)
        text = f"from awb_edit import replace\nreplace('sums.py', {edit})\n"
        (root / "mutants" / f"{name}.py").write_text(CANARY_LINE + text)
    command = ["check", "awb-pack-tiny", "--admission", "--repeats", "2", "--sign-off", "Ada"]

    done = site.awb(*command, "--sandbox", "local")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "making the mutants of tiny-add" in done.stderr
    place = root.parents[1] / "ADMISSION.json"
    assert f"written: {place}" in done.stderr
    proof = json.loads(place.read_text())["tasks"]["tiny-add"]
    assert proof["attacks"]["tried"] >= 45
    assert proof["mutants"]["tried"] >= 5
    assert proof["repeats"] == 2
    assert "signed off by Ada" in site.awb("show", "tiny-add").stdout

    place.write_text(place.read_text().replace('"Ada"', '"Bob"'))
    assert "signed off" not in site.awb("show", "tiny-add").stdout
    place.write_text(place.read_text().replace('"Bob"', '"Ada"'))
    (root / "instruction.md").write_text("Something else.\n")
    assert "signed off" not in site.awb("show", "tiny-add").stdout


def test_what_did_not_change_is_not_measured_again(site, own_cache):
    root = write_task(site.add_pack())
    command = ["check", "tiny-add", "--sandbox", "local", "--json"]

    def known():
        done = site.awb(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)["tasks"][0]["known"]

    assert known() == 0
    assert known() == 4
    (root / "tests/judge.py").write_text(JUDGE + "\n# a change\n")
    assert known() == 0
    command.append("--again")
    assert known() == 0


def test_junit(site):
    write_task(site.add_pack(), judge=JUDGE.replace("awb-canary", "nothing"))
    done = site.awb("check", "tiny-add", "--sandbox", "local", "--format", "junit")
    assert done.returncode == 1
    (suite,) = ElementTree.fromstring(done.stdout)
    assert suite.attrib == {"name": "tiny-add", "tests": "8", "failures": "1"}
    failed = [case.attrib["name"] for case in suite if len(case)]
    assert failed == ["canary: hidden scripts carry the task's canary"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_check_goes_on_where_it_stopped(site, own_cache, number):
    slow = JUDGE.replace("def judge", "import time\n\ndef judge").replace(
        "return answer", "time.sleep(.05); return answer"
    )
    write_task(site.add_pack(), judge=slow)
    scratch = site.root.parent / "scratch"
    scratch.mkdir()
    command = [*AWB, "check", "tiny-add", "--repeats", "4", "--sandbox", "local", "--jobs", "1"]
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(site.root), "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def measured() -> int:
        kept = (own_cache / "checks" / "tiny-add").glob("*.json")
        return sum("kind" in json.loads(entry.read_bytes()) for entry in kept)

    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and measured() < 2:
        time.sleep(0.1)
    process.send_signal(number)
    _, errors = process.communicate(timeout=90)
    assert process.returncode == 130, errors
    assert "the same command goes on" in errors
    assert "Traceback" not in errors
    assert not list(scratch.iterdir())
    kept = measured()
    assert 2 <= kept < 16

    done = site.awb("check", "tiny-add", "--repeats", "4", "--sandbox", "local", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["tasks"][0]["known"] == kept


def test_attacks_are_listed_and_a_wrong_name_has_near_matches(site):
    listed = json.loads(site.awb("attacks", "--json").stdout)
    assert {"name", "group", "tasks", "summary"} == set(listed[0])
    done = site.awb("run", "-w", "attack:confttest", "--sandbox", "local")
    assert done.returncode == 2
    assert "did you mean 'conftest'" in done.stderr
