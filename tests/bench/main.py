"""Measure the engine: `make bench`. Prints ratios of one run; asserts nothing.

Every figure stands beside the same work done bare, in the same run, so that the machine drops out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import agents
from tests_support import AWB, Site, write_task

ROUNDS = 10


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", default=[], help=f"of {', '.join(PARTS)}; all but check and demo"
    )
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users run from bytecode
    chosen = parser.parse_args().parts or [name for name in PARTS if name not in ("check", "demo")]
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for name in chosen:
        PARTS[name]()


def startup() -> None:
    """CPU seconds of short commands, children included."""
    python = Path(sys.executable)
    bare = _cpu([str(python), "-c", "pass"])
    rows = [
        ("python -c pass", bare, None),
        ("import awb_core", _cpu([str(python), "-c", "import awb_core"]), None),
        ("awb --help", _cpu([*AWB, "--help"]), 0.15),
        ("awb packs", _cpu([*AWB, "packs"]), 0.3),
    ]
    print("\nstart-up (CPU s, median)")
    for name, seconds, target in rows:
        words = f"  target {target}" if target else ""
        print(f"  {name:<18} {seconds:.3f}  {seconds / bare:4.1f} x bare Python{words}")


def docker_trial() -> None:
    """A trial that does nothing, against the same Engine-API calls made bare."""
    from awb_core.sandbox.docker import DockerProvider

    provider = DockerProvider()
    if not provider.probe().available:
        print("\nDocker trial: no daemon answers")
        return
    wall, cpu, count = _trials("docker")
    bare = statistics.median(_bare_docker(provider) for _ in range(ROUNDS))
    print(f"\nDocker trial that does nothing (median of {count})")
    print(f"  bare Engine-API calls  {bare:.2f} s")
    print(f"  trial                  {wall:.2f} s  {wall / bare:.2f} x bare (target 2 x, 1.5 s)")
    print(f"  client CPU             {cpu:.3f} s a trial (target 0.1)")


def local_trial() -> None:
    """A trial that does nothing in the local sandbox, against its bare check."""
    wall, cpu, count = _trials("local")
    print(f"\nLocal trial that does nothing (median of {count})")
    print(f"  trial                  {wall:.3f} s (target 0.25)")
    print(f"  CPU of awb             {cpu:.3f} s a trial")


def peers() -> None:
    """The do-nothing trial beside a peer's, each in its local sandbox."""
    uv = Path(AWB[0]).parent / "uv"
    script = Path(__file__).with_name("peers.py")
    command = [uv, "run", "--no-project", "--quiet", "--with", "inspect-ai", "python", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"\nPeers: Inspect AI cannot be run: {done.stderr.strip().splitlines()[-1:]}")
        return
    peer = float(done.stdout.split()[-1])
    wall, _, _ = _trials("local")
    print("\nPeers: the do-nothing trial in the local sandbox")
    print(f"  Inspect AI  {peer:.3f} s  (a folder: no isolation, no fresh verification)")
    print(f"  awb         {wall:.3f} s  {wall / peer:.1f} x")


def demo() -> None:
    """The 48 trials of the demo against the sum of their bare check times over the cores."""
    with tempfile.TemporaryDirectory() as scratch:
        ladder = [
            w
            for r in ("noop", "reference:partial", "reference:minimal", "reference")
            for w in ("-w", r)
        ]
        command = [*AWB, "run", *ladder, "--sandbox", "local", "--json"]
        warm = [*command, "--out", f"{scratch}/warm", "--jobs", "2"]
        subprocess.run(warm, capture_output=True, check=True)
        started = time.monotonic()
        done = subprocess.run(
            [*command, "--out", f"{scratch}/r", "--jobs", "2"], capture_output=True, check=True
        )
        wall = time.monotonic() - started
        trials = json.loads(done.stdout)["trials"]
        alone = subprocess.run(
            [*command, "--out", f"{scratch}/a", "--jobs", "1"], capture_output=True, check=True
        )
        bare = sum(
            m["seconds"] for t in json.loads(alone.stdout)["trials"] for m in t["measurements"]
        )
    share = bare / min(2, os.cpu_count() or 1)
    print(f"\nDemo: {len(trials)} trials, warm caches")
    print(f"  bare checks, one after another, over 2 cores  {share:.0f} s")
    print(
        f"  the run                                       {wall:.0f} s  {wall / share:.2f} x (target 1.3 x, 180 s)"
    )


def check() -> None:
    """The gate of admission: two quick tasks measured anew, then all twelve with nothing changed."""
    everything = ["--attacks", "--mutants", "--reach", "--sandbox", "local", "--json"]
    everything += ["--jobs", str((os.cpu_count() or 1) + 1)]
    quick = [*AWB, "check", "doc-mako-drift", "dep-flask3", *everything, "--again"]
    started = time.monotonic()
    done = subprocess.run(quick, capture_output=True, check=False)
    wall = time.monotonic() - started
    tasks = json.loads(done.stdout)["tasks"]
    measured = [m for t in tasks for kind in ("rungs", "attacks", "mutants") for m in t[kind]]
    bare = sum(m["cpu_seconds"] for m in measured) / (os.cpu_count() or 1)
    print(f"\nGate: {len(measured)} measurements of two tasks (attacks, mutants, ladder, reach)")
    print(f"  CPU of the checks over the cores  {bare:.0f} s")
    print(f"  the check                         {wall:.0f} s  {wall / bare:.2f} x")
    command = [*AWB, "check", "--all", *everything]
    first = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    count = sum(len(t[kind]) for t in first["tasks"] for kind in ("rungs", "attacks", "mutants"))
    started = time.monotonic()
    subprocess.run(command, capture_output=True, check=False)
    again = time.monotonic() - started
    print(
        f"  all {len(first['tasks'])} tasks, {count} measurements, nothing changed: {again:.1f} s (target 3 s)"
    )


def _trials(sandbox: str) -> tuple[float, float, int]:
    """Run no-op trials one after another; return seconds and CPU seconds of awb a trial, and the count."""
    with tempfile.TemporaryDirectory() as scratch:
        site = Site(Path(scratch, "site"))
        site.root.mkdir()
        write_task(
            site.add_pack(),
            worker="from awb_worker import serve\nserve(lambda case: None, isolate=False)\n",
        )

        def run(repeats: int, name: str) -> list[float]:
            done = site.awb(
                "run",
                "-w",
                "noop",
                "--task",
                "tiny-add",
                "--sandbox",
                sandbox,
                "--jobs",
                "1",
                "--repeats",
                repeats,
                "--json",
                "--out",
                Path(scratch, name),
            )
            assert done.returncode == 0, done.stderr
            return [trial["seconds"] for trial in json.loads(done.stdout)["trials"]]

        run(1, "warm")
        few = _cpu_of(lambda: run(1, "few"))
        seconds: list[float] = []
        many = _cpu_of(lambda: seconds.extend(run(ROUNDS + 1, "many")))
    return statistics.median(seconds), (many - few) / ROUNDS, len(seconds)


def _bare_docker(provider: object) -> float:
    """Make the calls of one trial: two containers, files in, one command, files out."""
    from awb_core.model import Environment
    from awb_core.sandbox.archive import pack
    from awb_core.sandbox.docker import WORK

    api = provider.api  # type: ignore[attr-defined]
    image = provider.prepare(Environment(), lambda _: None)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "file").write_text("x")
        archive = b"".join(pack(Path(folder)))
    started = time.monotonic()
    for phase in ("agent", "verify"):
        container = api.create_container(
            image,
            ["sleep", "60"],
            host_config=api.create_host_config(network_mode="none", init=True, cap_drop=["ALL"]),
            labels={"awb.owner": "bench", "awb.deadline": str(time.time() + 60)},
        )["Id"]
        api.start(container)
        api.put_archive(container, WORK, archive)
        if phase == "agent":
            api.kill(container)
            stream, _ = api.get_archive(container, WORK)
            for _ in stream:
                pass
        else:
            api.put_archive(container, WORK, archive)
            api.put_archive(container, WORK, archive)
            command = ["/opt/awb/env/bin/python", "-I", "-c", "pass"]
            created = api.exec_create(container, command)
            api.exec_start(created["Id"])
            api.exec_inspect(created["Id"])
        api.remove_container(container, force=True)
    return time.monotonic() - started


def _cpu(command: list[str]) -> float:
    """Return the median CPU seconds of a command."""
    return statistics.median(
        _cpu_of(lambda: subprocess.run(command, capture_output=True, check=False)) for _ in range(5)
    )


def _cpu_of(action: Callable[[], object]) -> float:
    """Return the CPU seconds of the child processes that an action waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


PARTS = {
    "startup": startup,
    "local": local_trial,
    "docker": docker_trial,
    "gateway": agents.gateway,
    "waiting": agents.waiting,
    "peers": peers,
    "check": check,
    "demo": demo,
}

if __name__ == "__main__":
    main()
