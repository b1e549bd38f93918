"""What real agents cost beside the same without `awb`: the gateway's latency and size, and waiting side by side."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests_support import AWB, Site, write_task

from awb_core.gateway.client import Gateway
from awb_core.gateway.config import Upstream
from awb_core.testing import ModelServer, Script, Slow

REQUESTS = 200
AGENTS = 20
BODY = json.dumps({"model": "gpt-5", "messages": [{"role": "user", "content": "x" * 40_000}]})

AGENT = """#!/usr/bin/env python3
import json, os, urllib.request
request = urllib.request.Request(
    "{url}/v1/chat/completions", b'{{"model": "gpt-5", "messages": []}}', {{"content-type": "application/json"}}
)
for _ in range(4):
    urllib.request.urlopen(request, timeout=60).read()
"""


def gateway() -> None:
    """Latency that the gateway adds to a request, and its memory."""
    with ModelServer() as server, tempfile.TemporaryDirectory() as folder:
        upstream = Upstream(name="openai", base_url=f"{server.url}/openai", protocol="openai")
        with Gateway(
            Path(folder), upstreams=[upstream], run="bench", secret=os.urandom(8).hex()
        ) as made:
            token = made.admit("bench.1", workflow="bench")
            port = int(server.url.rsplit(":", 1)[1])
            direct = _latency(port, "/openai/v1/chat/completions", "")
            through = _latency(made.port, "/t/bench.1/openai/v1/chat/completions", token)
            status = Path(f"/proc/{made.pid}/status").read_text()
            memory = int(status.split("VmRSS:")[1].split()[0]) / 1024
    print(f"\nGateway, {REQUESTS} requests of 40 kB one after another (median)")
    print(f"  direct           {direct:.2f} ms")
    print(f"  through it       {through:.2f} ms  adds {through - direct:.2f} ms (target 5)")
    print(f"  resident memory  {memory:.0f} MB (target 100)")


def waiting() -> None:
    """Agents that wait for a slow model, one after another and side by side."""
    with ModelServer() as server, tempfile.TemporaryDirectory() as scratch:
        server.script("", Script(), Slow(0.5))
        site = Site(Path(scratch, "site"))
        site.root.mkdir()
        worker = "from awb_worker import serve\nserve(lambda case: None, isolate=False)\n"
        write_task(site.add_pack(), worker=worker)
        agent = Path(scratch, "agent.py")
        agent.write_text(AGENT.format(url=server.url))
        agent.chmod(0o755)

        def run(jobs: int, repeats: int) -> float:
            started = time.monotonic()
            done = site.awb(
                *("run", "-w", f"command:{agent}", "--task", "tiny-add", "--sandbox", "local"),
                *("--unsafe-local", "--jobs", jobs, "--repeats", repeats, "--json"),
                *("--out", Path(scratch, f"r{jobs}-{repeats}")),
                env={"PATH": _without_bubblewrap(Path(scratch, "bin"))},
            )
            assert done.returncode == 0, done.stderr
            return time.monotonic() - started

        run(1, 1)
        alone, together = run(1, 2), run(AGENTS, AGENTS)
    print(f"\nAgents that wait 2 s for their model, {os.cpu_count()} cores")
    print(f"  2 one after another  {alone:.1f} s")
    print(f"  {AGENTS} side by side      {together:.1f} s  ({together / AGENTS:.2f} s a trial)")


def _latency(port: int, path: str, token: str) -> float:
    """Return the median milliseconds of a request on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    times = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        connection.request("POST", path, BODY, headers)
        connection.getresponse().read()
        times.append(time.perf_counter() - started)
    connection.close()
    return statistics.median(times) * 1000


def _without_bubblewrap(folder: Path) -> str:
    """Return a path without bubblewrap: in a network of its own the agent could not reach the server."""
    folder.mkdir(exist_ok=True)
    for tool in ("sh", "rm", "env", "python3", "cat", "sleep"):
        found = subprocess.run(["which", tool], capture_output=True, text=True, check=True)
        if not (folder / tool).exists():
            (folder / tool).symlink_to(found.stdout.strip())
    return f"{Path(AWB[0]).parent}:{folder}"


if __name__ == "__main__":
    sys.exit("run it with `make bench ARGS='gateway waiting'`")
