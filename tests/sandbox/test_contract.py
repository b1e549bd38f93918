"""Every sandbox is held to one contract; `plain` is the local one without bubblewrap."""

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from awb_core.model import Environment, Limits
from awb_core.protocols import Command, SandboxSpec
from awb_core.sandbox.archive import Refused
from awb_core.sandbox.docker import DockerProvider
from awb_core.sandbox.local import LocalProvider

LIMITS = Limits(memory_mb=128, pids=40, disk_mb=32, cpus=1)


class PlainProvider(LocalProvider):
    """The local sandbox on a machine without bubblewrap."""

    bubblewrap = None


PROVIDERS = {"bubblewrap": LocalProvider, "plain": PlainProvider, "docker": DockerProvider}


@pytest.fixture(
    scope="module",
    params=["bubblewrap", "plain", pytest.param("docker", marks=pytest.mark.docker)],
)
def provider(request):
    made = PROVIDERS[request.param]()
    status = made.probe()
    assert status.available, status
    if request.param == "bubblewrap":
        assert made.bubblewrap, "install bubblewrap: the contract is proven with it"
    made.prepare(Environment(), lambda _: None)
    return made


def unproven(reason):
    """A limit that cannot be proven here; in CI that is a failure."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def is_isolated(provider):
    return provider.probe().protections["files of the host hidden"]


@pytest.fixture
def open_sandbox(provider):
    def make(**changes):
        spec = SandboxSpec(
            run="tests",
            trial="contract",
            phase="agent",
            environment=Environment(),
            limits=changes.pop("limits", LIMITS),
            seconds=changes.pop("seconds", 120),
            **changes,
        )
        return provider.open(spec)

    return make


def sh(sandbox, script, seconds=30.0, **options):
    return sandbox.run(Command(argv=["sh", "-c", script], seconds=seconds, **options))


def test_commands_start_in_the_workspace_and_report_their_end(open_sandbox, tmp_path):
    (tmp_path / "file").write_text("hello")
    with open_sandbox() as box:
        box.put(tmp_path)
        result = sh(box, "cat file; echo problem >&2; exit 7")
    assert (result.exit_code, result.stdout, result.stderr) == (7, b"hello", b"problem\n")
    assert not result.timed_out


def test_stdin_arrives_whole(open_sandbox):
    data = os.urandom(300_000)
    with open_sandbox() as box:
        result = box.run(Command(argv=["cat"], stdin=data, keep_bytes=1 << 20))
    assert result.stdout == data


def test_stdin_is_empty_unless_given(open_sandbox):
    with open_sandbox() as box:
        result = sh(box, "cat; echo end", seconds=10)
    assert result.stdout == b"end\n"


def test_a_command_that_is_missing_has_exit_127(open_sandbox):
    with open_sandbox() as box:
        result = sh(box, "no-such-command-anywhere")
    assert result.exit_code == 127


def test_the_environment_s_python_comes_first(open_sandbox):
    with open_sandbox() as box:
        result = box.run(
            Command(argv=["python", "-c", "import sys; print(sys.prefix != sys.base_prefix)"])
        )
        direct = box.run(Command(argv=[box.python, "-I", "-c", "print(1)"]))
    assert result.stdout == b"True\n"
    assert direct.stdout == b"1\n"


def test_secrets_of_the_host_are_not_inherited(open_sandbox, monkeypatch):
    monkeypatch.setenv("AWB_TEST_SECRET", "hunter2")
    with open_sandbox() as box:
        result = sh(box, "env")
    assert b"hunter2" not in result.stdout


def test_each_sandbox_is_fresh(open_sandbox):
    with open_sandbox() as box:
        sh(box, "echo x > left; echo x > $HOME/left 2>/dev/null; echo x > $TMPDIR/left")
    with open_sandbox() as box:
        result = sh(box, "ls -A . $HOME $TMPDIR 2>/dev/null")
    assert b"left" not in result.stdout


def test_hidden_files_can_be_read_but_not_changed(open_sandbox, provider, tmp_path):
    (tmp_path / "secret").write_text("42")
    with open_sandbox() as box:
        before = sh(box, f"cat {box.hidden}/secret 2>/dev/null")
        box.put(tmp_path, hidden=True)
        after = sh(box, f"cat {box.hidden}/secret")
        write = sh(box, f"echo 43 > {box.hidden}/secret")
        again = sh(box, f"cat {box.hidden}/secret")
    assert before.stdout == b""
    assert after.stdout == b"42"
    if is_isolated(provider):
        assert write.exit_code != 0
        assert again.stdout == b"42"


def test_there_is_no_network_unless_declared(open_sandbox, provider):
    if not is_isolated(provider):
        assert not provider.probe().protections["network off"]  # and it says so
        return
    code = (
        "import socket; s = socket.socket(); s.settimeout(3);"
        " print(s.connect_ex(('192.0.2.1', 80)), len(open('/proc/net/route').readlines()))"
    )
    with open_sandbox() as box:
        result = box.run(Command(argv=["python", "-c", code]))
    error, routes = result.stdout.split()
    assert int(error) != 0
    assert int(routes) <= 1


def test_files_of_the_host_cannot_be_seen(open_sandbox, provider, tmp_path):
    (tmp_path / "private").write_text("private")
    with open_sandbox() as box:
        result = sh(box, f"cat {tmp_path}/private; cat /etc/shadow; ls /root")
    if is_isolated(provider):
        assert b"private" not in result.stdout
        assert b"root:" not in result.stdout
    else:
        assert not provider.probe().protections["files of the host hidden"]


def test_privileges_are_dropped(open_sandbox, provider):
    if not is_isolated(provider):
        return
    with open_sandbox() as box:
        result = sh(
            box, "grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status; id -u; echo x > /etc/x"
        )
    words = result.stdout.split()
    assert words[1] == words[3] == b"0000000000000000"
    assert words[5] == b"1"
    assert words[6] == b"1000"
    assert result.exit_code != 0


def test_a_command_is_killed_at_its_limit_even_if_it_ignores_sigterm(open_sandbox):
    with open_sandbox() as box:
        started = time.monotonic()
        result = sh(box, "trap '' TERM INT HUP; while :; do sleep 1; done", seconds=1)
    assert result.timed_out
    assert result.exit_code == 137
    assert time.monotonic() - started < 15


def test_a_flood_is_cut_and_counted(open_sandbox):
    with open_sandbox() as box:
        result = sh(box, "yes", seconds=60, flood_bytes=4 << 20, keep_bytes=10_000)
    assert result.flooded
    assert result.stdout_bytes > 4 << 20
    assert len(result.stdout) < 11_000
    assert b"dropped" in result.stdout


def test_a_fork_bomb_is_held(open_sandbox, provider):
    if not provider.probe().protections["memory and process limits"]:
        unproven("this machine has no control groups")
    bomb = "import os, time\nfor _ in range(200):\n  try:\n    if os.fork() == 0: time.sleep(60)\n  except OSError: print('held'); break"
    with open_sandbox() as box:
        result = box.run(Command(argv=["python", "-c", bomb], seconds=20))
    assert b"held" in result.stdout or result.exit_code != 0


def test_memory_is_limited(open_sandbox, provider):
    with open_sandbox() as box:
        result = box.run(Command(argv=["python", "-c", "x = bytearray(400 << 20)"], seconds=30))
    assert result.exit_code != 0
    if provider.probe().protections["memory and process limits"]:
        assert result.out_of_memory


def test_a_daemon_does_not_outlive_the_sandbox(open_sandbox, tmp_path):
    marker = f"awb-contract-{os.getpid()}-{time.monotonic_ns()}"
    script = (
        f"setsid sh -c 'trap \"\" TERM HUP; sleep 300 # {marker}' >/dev/null 2>&1 & echo started"
    )
    with open_sandbox() as box:
        assert sh(box, script).stdout == b"started\n"
        box.collect(tmp_path / "out", LIMITS)
        assert not alive(marker)
    assert not alive(marker)


def alive(marker):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if marker.encode() in (entry / "cmdline").read_bytes():
                    found.append(entry.name)
            except OSError:
                continue
    return found


def test_the_workspace_comes_back(open_sandbox, tmp_path):
    source = tmp_path / "in"
    (source / "sub").mkdir(parents=True)
    (source / "sub/kept").write_text("kept")
    (source / "gone").write_text("gone")
    with open_sandbox() as box:
        box.put(source)
        sh(box, "rm gone; echo new > new; chmod +x new; mkdir -p a/b; echo deep > a/b/c")
        found = box.collect(tmp_path / "out", LIMITS)
    names = sorted(
        p.relative_to(tmp_path / "out").as_posix()
        for p in (tmp_path / "out").rglob("*")
        if p.is_file()
    )
    assert names == ["a/b/c", "new", "sub/kept"]
    assert (tmp_path / "out/new").stat().st_mode & 0o100
    assert found.files == 3


def test_a_hostile_workspace_cannot_reach_out(open_sandbox, tmp_path):
    script = "ln -s /etc/passwd l; ln -s / root; mkfifo p; echo 1 > good; ln good hard; printf x > \"$(printf '\\377')\""
    with open_sandbox() as box:
        sh(box, script)
        found = box.collect(tmp_path / "out", LIMITS)
    assert {p.name for p in (tmp_path / "out").iterdir()} <= {"good", "hard"}
    assert {name for name, _ in found.refused} >= {"l", "root", "p"}


def test_a_sparse_giant_is_refused(open_sandbox, tmp_path):
    with open_sandbox(limits=Limits(memory_mb=128, pids=40, disk_mb=6000)) as box:
        made = sh(box, "truncate -s 5G giant && ls -s giant")
        assert made.exit_code == 0
        with pytest.raises(Refused):
            box.collect(tmp_path / "out", LIMITS)


def test_a_hundred_thousand_files_are_refused(open_sandbox, tmp_path):
    code = "import os\nfor n in range(100_000): open(f'f{n}', 'w').close()"
    # The kernel's own memory for so many files counts too, on some machines until it is written back.
    with open_sandbox(limits=replace(LIMITS, memory_mb=1024)) as box:
        result = box.run(Command(argv=["python", "-c", code], seconds=100))
        assert result.exit_code == 0, result
        with pytest.raises(Refused, match="members"):
            box.collect(tmp_path / "out", LIMITS)


def test_a_workspace_that_was_deleted_collects_as_empty(open_sandbox, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/file").write_text("1")
    with open_sandbox() as box:
        box.put(tmp_path / "in")
        sh(box, 'rm -rf ./* .[!.]*; rmdir "$PWD" 2>/dev/null')
        found = box.collect(tmp_path / "out", LIMITS)
    assert found.files == 0


def test_large_files_are_limited(open_sandbox):
    with open_sandbox() as box:
        result = sh(box, "head -c 64M /dev/zero > big", seconds=30)
    assert result.exit_code != 0


def test_stop_ends_a_running_command(open_sandbox, provider):
    with open_sandbox() as box:
        threading.Timer(1.0, provider.stop).start()
        started = time.monotonic()
        result = sh(box, "sleep 60", seconds=60)
    assert result.exit_code != 0
    assert time.monotonic() - started < 30


def test_the_reaper_leaves_living_sandboxes_alone(open_sandbox, provider):
    with open_sandbox() as box:
        provider.reap()
        assert sh(box, "echo here").stdout == b"here\n"


def test_nothing_stays_behind(open_sandbox, provider, tmp_path):
    with open_sandbox() as box:
        sh(box, "mkdir -p locked/in; chmod 0 locked; echo x > file")
        root = getattr(box, "_root", None)
    assert root is None or not root.exists()
    if provider.name == "docker":
        left = provider.api.containers(all=True, filters={"label": "awb.trial=contract"})
        mine = [c for c in left if c["Labels"]["awb.owner"].split(":")[2] == str(os.getpid())]
        assert mine == []


def test_memory_is_limited_without_control_groups_too(provider):
    if provider.name != "local":
        return
    bare = type(provider)()
    bare.groups = False
    spec = SandboxSpec(
        run="tests",
        trial="bare",
        phase="agent",
        environment=Environment(),
        limits=LIMITS,
        seconds=60,
    )
    with bare.open(spec) as box:
        result = box.run(Command(argv=["python", "-c", "x = bytearray(400 << 20)"], seconds=30))
        fine = box.run(Command(argv=["python", "-c", "x = bytearray(40 << 20); print(len(x))"]))
    assert b"MemoryError" in result.stderr
    assert fine.exit_code == 0
