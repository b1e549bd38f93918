"""The Docker sandbox from outside: whole runs, what kills leave, what images hold, a daemon that dies."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import docker
import docker.errors
import pytest
from tests_support import AWB, TASK, write_task

from awb_core.errors import EnvironmentFailed
from awb_core.model import Environment, Limits
from awb_core.protocols import SandboxSpec
from awb_core.sandbox.docker import DockerProvider
from awb_core.sandbox.docker_container import owner
from awb_core.sandbox.docker_image import base_image, image_name

pytestmark = pytest.mark.docker

SLOW = "#!/bin/sh\nsleep 1\nprintf 'def add(a, b):\\n    return a + b\\n' > sums.py\n"
TRIALS = 6


def new_environment(api, requirements=""):
    """An environment nobody else has, so that its image is built and removed here."""
    made = Environment(requirements=f"# {uuid.uuid4().hex}\n{requirements}")
    yield made
    with contextlib.suppress(docker.errors.ImageNotFound):
        api.remove_image(image_name(made), force=True)


@pytest.fixture
def environment(api):
    yield from new_environment(api)


@pytest.fixture
def installed_environment(api):
    command = [*("pip", "compile", "-q", "-", "--no-deps", "--no-header"), "--generate-hashes"]
    done = subprocess.run(
        [Path(AWB[0]).parent / "uv", *command, "--no-annotate"],
        input="iniconfig==2.1.0\n",
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if not line.startswith("--")]
    yield from new_environment(api, "\n".join(lines))


def start_run(site, folder, *arguments, **env):
    arguments = ("run", *arguments, "--task", "tiny-add", "--sandbox", "docker", "--json")
    return subprocess.Popen(
        [*AWB, *arguments, "--jobs", "2", "--out", str(folder)],
        env={**os.environ, "PYTHONPATH": str(site.root), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def containers(api, folder):
    return {
        container["Id"]: container
        for container in api.containers(all=True, filters={"label": f"awb.run={folder.name}"})
    }


def wait_until(holds, process, seconds=90):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = holds()
        if found:
            return found
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise AssertionError("it did not come to that in time")


def agents_at_work(api, folder, *, records):
    """Return the containers in which agents run, once that many trials have a record."""
    if len(list(folder.glob("trials/*.json"))) < records:
        return None
    found = containers(api, folder)
    return [i for i, c in found.items() if (c["State"], c["Labels"]["awb.phase"]) == RUNNING_AGENT]


RUNNING_AGENT = ("running", "agent")


def inodes(folder):
    return {path.name: path.stat().st_ino for path in folder.glob("trials/*.json")}


def assert_resume_completes(site, folder, kept, **env):
    done = site.awb("resume", folder, "--json", env=env)

    assert done.returncode == 0, done.stderr
    trials = json.loads(done.stdout)["trials"]
    assert len({trial["id"] for trial in trials}) == len(trials) == TRIALS
    assert {(t["adapter"], t["passed"]) for t in trials} == {("command", True), ("noop", False)}
    assert kept.items() <= inodes(folder).items()
    assert {path.name for path in (folder / "trials").iterdir()} == set(inodes(folder))


@pytest.fixture
def started(tiny, api, run_folder, executable):
    """A run that has one record and an agent at work."""
    agent = executable(SLOW)
    process = start_run(tiny, run_folder, "-w", f"command:{agent}", "-w", "noop", "--repeats", "3")
    wait_until(lambda: agents_at_work(api, run_folder, records=1), process)
    yield process
    process.kill()
    process.communicate()
    for container in containers(api, run_folder):
        with contextlib.suppress(docker.errors.APIError):
            api.remove_container(container, force=True, v=True)


@contextlib.contextmanager
def builders(api):
    """Collect the owners of the containers made meanwhile to build images.

    They are listened to, for the daemon remembers its last 256 events only. A container of this process is the end.
    """
    labels = {"awb.run": "build", "awb.owner": owner()}
    filters = {"type": "container", "event": "create", "label": "awb.run=build"}
    stream = api.events(filters=filters, decode=True)
    found = []
    yield found
    made = api.create_container(base_image(Environment()), labels=labels)["Id"]
    api.remove_container(made, force=True)
    for event in stream:
        if event["Actor"]["ID"] == made:
            break
        found.append(event["Actor"]["Attributes"]["awb.owner"])
    stream.close()


def test_a_run_builds_its_image_once_and_the_next_run_builds_nothing(
    site, api, tmp_path, run_folder, environment
):
    declared = '[environment]\nrequirements = "requirements.txt"\n\n[limits]'
    root = write_task(site.add_pack(), toml=TASK.replace("[limits]", declared))
    (root / "requirements.txt").write_text(environment.requirements)
    seen = []
    for name in ("a", "b"):
        folder = run_folder.with_name(f"{run_folder.name}{name}")
        with builders(api) as owners:
            process = start_run(site, folder, "-w", "noop", "-w", "reference:minimal")
            out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        trials = json.loads(out)["trials"]
        image = api.inspect_image(image_name(environment))
        seen.append(
            {
                "image": (image["Id"], image["Created"]),
                "builders": sum(name.split(":")[-2] == str(process.pid) for name in owners),
                "scores": {t["workflow"]: (t["passed"], t["score"]) for t in trials},
                "sandboxes": {(t["sandbox"]["name"], t["sandbox"]["isolation"]) for t in trials},
                "left": containers(api, folder),
            }
        )

    assert [one.pop("builders") for one in seen] == [1, 0]
    assert seen[0] == seen[1]
    assert seen[0]["sandboxes"] == {("docker", "docker")}
    assert seen[0]["scores"]["noop"] == (False, 0.0)
    assert seen[0]["scores"]["reference:minimal"][0] is True
    assert seen[0]["left"] == {}


def test_after_kill_9_resume_reaps_the_orphans_and_completes(tiny, api, run_folder, started):
    started.kill()
    started.communicate()
    orphans = containers(api, run_folder)
    kept = inodes(run_folder)

    assert orphans
    assert 0 < len(kept) < TRIALS
    assert_resume_completes(tiny, run_folder, kept)
    assert containers(api, run_folder) == {}


def test_a_container_that_has_ended_or_is_gone_counts_as_killed(api):
    provider = DockerProvider()
    spec = SandboxSpec(
        run="tests",
        trial="ended",
        phase="agent",
        environment=Environment(),
        limits=Limits(memory_mb=128),
        seconds=60,
    )
    for end in (api.kill, lambda container: api.remove_container(container, force=True, v=True)):
        with provider.open(spec) as box:
            end(box.id)
            box.kill()
            provider.stop()


def test_ctrl_c_leaves_no_container(api, run_folder, started):
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=60)

    assert started.returncode == 130
    assert "awb resume" in err
    assert "Traceback" not in err
    assert containers(api, run_folder) == {}
    assert all(
        json.loads(path.read_text())["outcome"] == "finished"
        for path in run_folder.glob("trials/*.json")
    )


def test_ctrl_c_ends_the_building_of_an_image(site, api, run_folder, environment):
    declared = '[environment]\nrequirements = "requirements.txt"\n\n[limits]'
    root = write_task(site.add_pack(), toml=TASK.replace("[limits]", declared))
    (root / "requirements.txt").write_text(environment.requirements)
    process = start_run(site, run_folder, "-w", "noop")
    wait_until(lambda: built_by(api, process.pid), process)

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "awb resume" in err
    assert "Traceback" not in err
    assert built_by(api, process.pid) == []
    with pytest.raises(docker.errors.ImageNotFound):
        api.inspect_image(image_name(environment))


def built_by(api, pid):
    found = api.containers(filters={"label": "awb.run=build"})
    return [c["Id"] for c in found if c["Labels"]["awb.owner"].split(":")[-2] == str(pid)]


def test_only_containers_of_dead_owners_or_past_deadlines_are_reaped(api, run_folder):
    say_owner = "from awb_core.sandbox.docker_container import owner; print(owner())"
    dead = subprocess.run([sys.executable, "-c", say_owner], capture_output=True, check=True)
    mine, far = owner(), str(time.time() + 600)
    labels = {
        "living": (mine, far),
        "on another host": (f"elsewhere:{mine.split(':', 1)[1]}1", far),
        "dead": (dead.stdout.decode().strip(), far),
        "reused process id": (f"{mine.rsplit(':', 1)[0]}:1", far),
        "past its deadline": (mine, str(time.time() - 1)),
    }
    made = {}
    try:
        for name, (who, until) in labels.items():
            marks = {"awb.run": run_folder.name, "awb.owner": who, "awb.deadline": until}
            created = api.create_container(base_image(Environment()), ["true"], labels=marks)
            made[created["Id"]] = name

        reap = "from awb_core.sandbox.docker import DockerProvider; DockerProvider().reap()"
        subprocess.run([sys.executable, "-c", reap], check=True)

        left = {made[identity] for identity in containers(api, run_folder)}
        assert left == {"living", "on another host"}
    finally:
        for identity in containers(api, run_folder):
            api.remove_container(identity, force=True)


@pytest.mark.network
def test_what_an_installation_was_handed_is_in_no_image(
    api, tmp_path, monkeypatch, installed_environment
):
    secret = uuid.uuid4().hex
    bundle = tmp_path / "ca.pem"
    shutil.copy(os.environ.get("AWB_CA_BUNDLE") or "/etc/ssl/certs/ca-certificates.crt", bundle)
    bundle.write_text(bundle.read_text() + f"# {secret}\n")
    monkeypatch.setenv("AWB_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("AWB_INDEX_SETTINGS", "host")
    monkeypatch.setenv("PIP_TRUSTED_HOST", f"{secret}.invalid")

    image = DockerProvider().prepare(installed_environment, lambda _: None)

    handed = (secret, "ca.pem", "PIP_", "SSL_CERT", "awb-build")
    config = json.dumps([api.inspect_image(image), api.history(image)])
    assert [word for word in handed if word in config] == []
    # All layers: what one adds and the next removes would be found, too.
    words = (secret.encode(), str(bundle).encode(), b"awb-build", b"iniconfig/__init__.py")
    assert occurring(words, api.get_image(image)) == {b"iniconfig/__init__.py"}


def occurring(words, chunks):
    found, rest = set(), b""
    for chunk in chunks:
        data = rest + chunk
        found |= {word for word in words if word in data}
        rest = data[-200:]
    return found


def test_a_base_image_that_is_missing_is_named_with_the_command_that_pulls_it():
    environment = Environment(python="3.99")

    with pytest.raises(EnvironmentFailed, match=r"docker pull python:3\.99-slim-bookworm"):
        DockerProvider().prepare(environment, lambda _: None)


def test_a_daemon_that_dies_ends_the_run_and_resume_completes_it(
    tiny, run_folder, executable, daemon
):
    workflows = ("-w", f"command:{executable(SLOW)}", "-w", "noop")
    process = start_run(tiny, run_folder, *workflows, "--repeats", "3", DOCKER_HOST=daemon.host)
    wait_until(lambda: agents_at_work(daemon.api, run_folder, records=2), process)

    daemon.kill()
    _, err = process.communicate(timeout=120)

    kept = inodes(run_folder)
    records = [json.loads(path.read_text()) for path in run_folder.glob("trials/*.json")]
    assert process.returncode == 3, err
    assert "the sandbox docker went away" in err
    assert f"awb resume {run_folder}" in err
    assert "Traceback" not in err
    assert 2 <= len(records) < TRIALS
    assert {record["outcome"] for record in records} == {"finished"}
    daemon.start()
    assert_resume_completes(tiny, run_folder, kept, DOCKER_HOST=daemon.host)
    assert containers(daemon.api, run_folder) == {}
