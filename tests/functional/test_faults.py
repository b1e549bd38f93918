"""Faults end in a recorded outcome or one clear error, and nothing is lost."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from tests_support import AWB, TASK, WORKER, write_task

LADDER = ["-w", "noop", "-w", "reference:partial", "-w", "reference:minimal", "-w", "reference"]


def run_json(site, tmp_path, *arguments, env=None):
    done = site.awb(
        "run", *arguments, "--sandbox", "local", "--json", "--out", tmp_path / "r", env=env
    )
    return done, json.loads(done.stdout)["trials"] if done.stdout else []


HOSTILE = {
    "floods": ("yes | head -c 200000000", "agent_error"),
    "ignores-sigterm": ("trap '' TERM INT HUP; while :; do sleep 1; done", "agent_timeout"),
    "forks": (":(){ :|:& };:; sleep 2", None),
    "eats-memory": ("tail /dev/zero", "agent_error"),
    "leaves-a-daemon": ("setsid sh -c 'sleep 300' >/dev/null 2>&1 & exit 0", "finished"),
    "deletes-the-workspace": ("rm -rf ./* .[!.]*", "finished"),
    "links-out": ("rm sums.py; ln -s /etc/passwd sums.py; ln -s / root; mkfifo p", "finished"),
    "fills-the-disk": ("head -c 200M /dev/zero > big", "agent_error"),
    "makes-a-giant": ("truncate -s 31M a; cp a b; cp a c", "agent_error"),
    "bad-names": ("printf x > \"$(printf 'a\\377b')\"; printf x > 'new\nline'", "finished"),
    "fails": ("exit 3", "agent_error"),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_agent_ends_in_an_outcome(site, tmp_path, executable, attack):
    script, outcome = HOSTILE[attack]
    write_task(site.add_pack(), toml=TASK.replace("agent_seconds = 20", "agent_seconds = 4"))
    agent = executable("#!/bin/bash\n" + script + "\n")

    done, trials = run_json(site, tmp_path, "-w", f"command:{agent}", "--task", "tiny-add")

    assert done.returncode == 0, done.stderr
    assert len(trials) == 1
    assert outcome in (None, trials[0]["outcome"])
    assert (trials[0]["passed"], trials[0]["score"]) == (False, 0.0)
    assert not lasting_orphans()


@pytest.fixture(autouse=True)
def _strangers():
    """Take what others left on this machine before a test for theirs."""
    STRANGERS.clear()
    STRANGERS.update(orphans())
    yield
    STRANGERS.clear()


STRANGERS: set[tuple[str, bytes]] = set()


def lasting_orphans():
    """Return those that stay; a test beside this one kills owners, and theirs end a moment later."""
    deadline = time.monotonic() + 10
    while orphans() and time.monotonic() < deadline:
        time.sleep(0.05)
    return orphans()


def orphans():
    """Return processes of sandboxes whose owner is gone."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError, StopIteration):
            int(entry.name)
            environment = (entry / "environ").read_bytes().split(b"\0")
            marker = next(e for e in environment if e.startswith(b"AWB_SANDBOX=awb-"))
            owner = marker.split(b"-")[1].decode()
            if not Path("/proc", owner).exists():
                found.append((entry.name, marker))
    return [entry for entry in found if entry not in STRANGERS]


@pytest.mark.parametrize(
    ("replace", "words"),
    [
        ({"judge": "raise RuntimeError('broken judge')\n"}, "could not decide"),
        ({"worker": "import sys; sys.exit(3)\n"}, "did not start"),
        ({"judge": "def cases(seed):\n    return []\n"}, "could not decide"),
    ],
)
def test_a_broken_oracle_is_a_verifier_error_and_never_a_zero(site, tmp_path, replace, words):
    write_task(site.add_pack(), **replace)
    done, trials = run_json(site, tmp_path, "-w", "noop", "--task", "tiny-add")
    assert done.returncode == 1
    assert trials[0]["outcome"] == "verifier_error"
    assert trials[0]["score"] is None
    assert words in trials[0]["note"]
    assert len(trials[0]["earlier_attempts"]) == 1  # it was tried again, evidence kept
    report = site.awb("report", tmp_path / "r")
    assert "1 invalid" in report.stdout


SUITE = (
    TASK.split("[[checks]]")[0]
    + """
[[checks]]
id = "suite"
oracle = "pytest"
role = "required"
weight = 1.0
anchors = {{ floor = 0.0, midpoint = 0.475, saturation = 1.0 }}
[checks.options]
suite = "suite"
expected = "ids.txt"
"""
)


def write_suite(site, tests, ids, requirements):
    root = write_task(
        site.add_pack(),
        toml=SUITE.replace(
            "[limits]", '[environment]\nrequirements = "requirements.txt"\n\n[limits]'
        ),
    )
    (root / "requirements.txt").write_text(requirements)
    (root / "tests/suite").mkdir()
    (root / "tests/suite/test_sums.py").write_text(tests)
    (root / "tests/ids.txt").write_text("\n".join(ids) + "\n")


@pytest.fixture(scope="session")
def pytest_requirements():
    done = subprocess.run(
        [
            Path(AWB[0]).parent / "uv",
            "pip",
            "compile",
            "-q",
            "-",
            "--universal",
            "--no-header",
            "--generate-hashes",
            "--python-version",
            "3.11",
        ],
        input="pytest==9.2.0\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("--"))


TESTS = "from sums import add\n" + "".join(
    f"\ndef test_{n}():\n    assert add({n}, 1) == {n + 1}\n" for n in range(20)
)
IDS = [f"suite/test_sums.py::test_{n}" for n in range(20)]


@pytest.mark.network
def test_a_suite_is_scored_by_its_frozen_ids(site, tmp_path, pytest_requirements):
    write_suite(site, TESTS, IDS, pytest_requirements)
    _, trials = run_json(site, tmp_path, *LADDER, "--task", "tiny-add")
    scores = {t["workflow"]: t["measurements"][0]["value"] for t in trials}
    assert scores == {
        "noop": 0.0,
        "reference:partial": 0.35,
        "reference:minimal": 0.5,
        "reference:canonical": 1.0,
    }


@pytest.mark.network
def test_a_test_that_is_not_reported_earns_nothing(site, tmp_path, pytest_requirements):
    write_suite(site, TESTS, [*IDS, "suite/test_sums.py::test_missing"], pytest_requirements)
    _, trials = run_json(site, tmp_path, "-w", "reference", "--task", "tiny-add")
    assert trials[0]["outcome"] == "finished"
    (measured,) = trials[0]["measurements"]
    assert measured["value"] < 1
    assert any(i["id"].endswith("test_missing") and not i["credit"] for i in measured["items"])


@pytest.mark.network
@pytest.mark.parametrize(
    "source",
    [
        "import os\nos._exit(0)\n",
        "import atexit, os\natexit.register(lambda: os._exit(0))\ndef add(a, b): return 0\n",
        "import _pytest.reports as r\nold = r.TestReport.from_item_and_call.__func__\n"
        "def new(cls, item, call):\n    call.excinfo = None\n    return old(cls, item, call)\n"
        "r.TestReport.from_item_and_call = classmethod(new)\ndef add(a, b): return 0\n",
    ],
)
def test_a_workspace_that_steers_pytest_never_passes(
    site, tmp_path, pytest_requirements, executable, source
):
    write_suite(site, TESTS, IDS, pytest_requirements)
    agent = executable(f"#!/bin/sh\ncat > sums.py <<'X'\n{source}X\n")
    _, trials = run_json(site, tmp_path, "-w", f"command:{agent}", "--task", "tiny-add")
    assert trials[0]["passed"] is not True
    assert trials[0]["outcome"] in ("tampered", "verifier_error", "finished")
    assert not trials[0]["score"]


def test_an_environment_that_does_not_build_spoils_only_its_own_trials(site, tmp_path):
    tasks = site.add_pack()
    write_task(tasks)
    bad = write_task(
        tasks,
        "tiny-bad",
        toml=TASK.replace(
            "[limits]", '[environment]\nrequirements = "requirements.txt"\n\n[limits]'
        ),
    )
    (bad / "requirements.txt").write_text(
        "no-such-distribution-anywhere==1.0 --hash=sha256:" + "0" * 64
    )

    done, trials = run_json(
        site,
        tmp_path,
        "-w",
        "noop",
        "--pack",
        "awb-pack-tiny",
        env={"UV_OFFLINE": "1"},
    )

    assert done.returncode == 1
    outcomes = {t["task"]: t["outcome"] for t in trials}
    assert outcomes == {"tiny-add": "finished", "tiny-bad": "infra_error"}
    assert "no-such-distribution" in next(t["note"] for t in trials if t["task"] == "tiny-bad")


SDIST = TASK.replace(
    'protected = ["data/**"]',
    '[workspace.sdist]\nname = "{name}"\nversion = "{version}"\nsha256 = "{sha}"',
)


def sdist_task(site, name, version, sha):
    text = SDIST.replace("{id}", "tiny-add").replace(
        "{canary}", "awb-canary 00000000-0000-4000-8000-000000000000"
    )
    for key, value in (
        ("{name}", name),
        ("{version}", version),
        ("{sha}", sha),
        ("{{", "{"),
        ("}}", "}"),
    ):
        text = text.replace(key, value)
    write_task(site.add_pack(), toml=text)


@pytest.mark.network
def test_an_sdist_with_another_hash_is_refused(site, tmp_path):
    sdist_task(site, "six", "1.16.0", "0" * 64)
    _, trials = run_json(
        site,
        tmp_path,
        "-w",
        "noop",
        "--task",
        "tiny-add",
        env={"AWB_CACHE_DIR": str(tmp_path / "c")},
    )
    assert trials[0]["outcome"] == "infra_error"
    assert "expected " + "0" * 64 in trials[0]["note"]


def test_an_index_that_cannot_be_reached_is_named(site, tmp_path):
    sdist_task(site, "six", "1.16.0", "1" * 64)
    _, trials = run_json(
        site,
        tmp_path,
        "-w",
        "noop",
        "--task",
        "tiny-add",
        env={
            "AWB_CACHE_DIR": str(tmp_path / "c"),
            "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
            "UV_NO_CONFIG": "1",
            "UV_HTTP_TIMEOUT": "2",
            "UV_NO_CACHE": "1",
            "UV_FIND_LINKS": "",
        },
    )
    assert trials[0]["outcome"] == "infra_error"
    assert "package index" in trials[0]["note"]


def test_an_absent_daemon_is_exit_3(tiny, tmp_path):
    done = tiny.awb(
        "run",
        "-w",
        "noop",
        "--task",
        "tiny-add",
        "--sandbox",
        "docker",
        "--out",
        tmp_path / "r",
        env={"DOCKER_HOST": f"unix://{tmp_path}/none.sock"},
    )
    assert done.returncode == 3
    assert "--sandbox local" in done.stderr
    assert "Traceback" not in done.stderr


SLOW = "#!/bin/sh\nsleep 1\nprintf 'def add(a, b):\\n    return a + b\\n' > sums.py\n"


def start_run(site, tmp_path, agent, repeats=6):
    return subprocess.Popen(
        [
            *AWB,
            "run",
            "-w",
            f"command:{agent}",
            "-w",
            "noop",
            "--task",
            "tiny-add",
            "--jobs",
            "2",
            "--repeats",
            str(repeats),
            "--sandbox",
            "local",
            "--out",
            str(tmp_path / "r"),
        ],
        env={**os.environ, "PYTHONPATH": str(site.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_records(tmp_path, count, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        records = list((tmp_path / "r/trials").glob("*.json"))
        if (tmp_path / "r/run.json").exists() and len(records) >= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"no {count} records: {process.poll()}")


def finish(site, tmp_path, expected=12):
    kept = {p.name: p.stat().st_ino for p in (tmp_path / "r/trials").glob("*.json")}
    done = site.awb("resume", tmp_path / "r", "--json")
    trials = json.loads(done.stdout)["trials"]
    assert done.returncode == 0, done.stderr
    assert len(trials) == expected
    assert len({t["id"] for t in trials}) == expected
    for name, inode in kept.items():
        assert (tmp_path / "r/trials" / name).stat().st_ino == inode
    assert not list((tmp_path / "r/trials").glob(".*"))
    assert {t["passed"] for t in trials if t["adapter"] == "command"} == {True}


@pytest.mark.parametrize("after", [0, 1, 5])
def test_kill_9_loses_nothing_and_resume_finishes(tiny, tmp_path, executable, after):
    agent = executable(SLOW)
    process = start_run(tiny, tmp_path, agent)
    wait_for_records(tmp_path, after, process)
    process.kill()
    process.communicate()
    assert not lasting_orphans()
    for path in (tmp_path / "r/trials").glob("*.json"):
        json.loads(path.read_text())

    finish(tiny, tmp_path)
    assert not stale_sandboxes(process.pid)


def stale_sandboxes(pid):
    return list(Path("/tmp").glob(f"awb-{pid}-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_clean_and_resume_continues(tiny, tmp_path, executable, number):
    process = start_run(tiny, tmp_path, executable(SLOW))
    wait_for_records(tmp_path, 2, process)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "awb resume" in err
    assert "Traceback" not in err
    assert not stale_sandboxes(process.pid)
    outcomes = {
        json.loads(p.read_text())["outcome"] for p in (tmp_path / "r/trials").glob("*.json")
    }
    assert outcomes == {"finished"}
    finish(tiny, tmp_path)


def test_a_verification_that_an_interrupt_ends_leaves_no_record(site, tmp_path, executable):
    slow = WORKER.replace(
        "    from sums import add", "    import time; time.sleep(1)\n    from sums import add"
    )
    write_task(site.add_pack(), worker=slow)
    process = start_run(site, tmp_path, executable(SLOW), repeats=1)
    patches = (tmp_path / "r/artifacts").glob("*/*/patch.diff")
    deadline = time.monotonic() + 60
    while not any(patches) and time.monotonic() < deadline:
        time.sleep(0.05)
        patches = (tmp_path / "r/artifacts").glob("*/*/patch.diff")
    time.sleep(1.5)  # the worker has said that it is ready, and is at its cases
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert list((tmp_path / "r/trials").iterdir()) == []


def test_an_interrupt_ends_the_building_of_an_environment(site, tmp_path):
    declared = '[environment]\nrequirements = "requirements.txt"\n\n[limits]'
    root = write_task(site.add_pack(), toml=TASK.replace("[limits]", declared))
    (root / "requirements.txt").write_text(f"nothing==1.0 --hash=sha256:{'0' * 64}\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it accepts and never answers
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        process = subprocess.Popen(
            [*AWB, "run", "-w", "noop", "--sandbox", "local", "--task", "tiny-add"],
            env={
                **os.environ,
                "PYTHONPATH": str(site.root),
                "AWB_CACHE_DIR": str(tmp_path / "cache"),
                "UV_DEFAULT_INDEX": index,
                "UV_INDEX_URL": index,
            },
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(60)
        connection, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        connection.close()
    assert process.returncode == 130
    assert "awb resume" in err
    assert "Traceback" not in err
    assert not list((tmp_path / "cache/environments").iterdir())


def test_two_processes_do_not_work_on_one_run(tiny, tmp_path, executable):
    process = start_run(tiny, tmp_path, executable("#!/bin/sh\nsleep 300\n"), repeats=3)
    wait_for_records(tmp_path, 1, process)
    second = tiny.awb("resume", tmp_path / "r")
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert second.returncode == 2
    assert "another process" in second.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_full_disk_stops_the_run_and_resume_continues(tiny, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "awb-tests", small], check=True)
    try:
        arguments = ["run", *LADDER, "--task", "tiny-add", "--repeats", "8", "--sandbox", "local"]
        done = tiny.awb(*arguments, "--out", small / "r")
        kept = list((small / "r/trials").glob("*.json"))
        assert done.returncode == 1
        assert "disk is full" in done.stderr
        assert "Traceback" not in done.stderr
        assert kept
        for path in kept:
            json.loads(path.read_text())
        subprocess.run(["mount", "-o", "remount,size=8m", small], check=True)
        again = tiny.awb("resume", small / "r", "--json")
        assert again.returncode == 0, again.stderr
        assert len(json.loads(again.stdout)["trials"]) == 32
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_changed_task_is_not_resumed(tiny, tmp_path, executable):
    process = start_run(tiny, tmp_path, executable(SLOW))
    wait_for_records(tmp_path, 1, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    judge = next(tiny.root.glob("*/tasks/tiny-add/tests/judge.py"))
    judge.write_text(judge.read_text() + "\n")

    done = tiny.awb("resume", tmp_path / "r")

    assert done.returncode == 2
    assert "tiny-add" in done.stderr


def test_code_of_third_parties_needs_isolation(tiny, tmp_path, executable):
    agent = executable(SLOW)
    arguments = ["run", "-w", f"command:{agent}", "--task", "tiny-add", "--sandbox", "local"]
    empty = tmp_path / "bin"
    empty.mkdir()
    for tool in ("sh", "rm", "env"):
        (empty / tool).symlink_to(f"/usr/bin/{tool}")

    refused = tiny.awb(*arguments, "--out", tmp_path / "a", env={"PATH": str(empty)})
    forced = tiny.awb(
        *arguments, "--unsafe-local", "--json", "--out", tmp_path / "b", env={"PATH": str(empty)}
    )

    assert refused.returncode == 2
    assert "--unsafe-local" in refused.stderr
    trial = json.loads(forced.stdout)["trials"][0]
    assert trial["passed"] is True
    assert trial["sandbox"]["isolation"] == "none"
