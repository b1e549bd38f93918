"""The network `packages` from inside: package tools work in the agent phase, and nothing else is reached."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pip
import pytest
from tests_support import TASK, WORKER, write_task

from awb_core.engine.agent_phase import BUNDLE, BUNDLE_VARIABLES
from awb_core.errors import SandboxUnavailable
from awb_core.gateway.package_client import open_packages
from awb_core.gateway.package_hosts import read_settings
from awb_core.model import Environment, Limits
from awb_core.protocols import Command, Mount, SandboxSpec
from awb_core.registry import discover
from awb_core.sandbox.docker import DockerProvider
from awb_core.sandbox.local import LocalProvider

SANDBOXES = ["local", pytest.param("docker", marks=pytest.mark.docker)]
PROVIDERS = {"local": LocalProvider, "docker": DockerProvider}
SOLUTION = b"def add(a, b):\n    return a + b\n"
AGENT = """
#!/bin/sh
exec python - <<'END'
import os, urllib.error, urllib.request
data = urllib.request.urlopen(os.environ["PIP_INDEX_URL"] + "sums.py", timeout=20).read()
open("sums.py", "wb").write(data)
for url in ("http://www.example/", "https://www.example/"):
    try:
        urllib.request.urlopen(url, timeout=20)
    except (urllib.error.URLError, OSError) as error:
        print(error)
END
"""
OFFLINE = """
import os, socket
def is_offline():
    with socket.socket() as probe:
        closed = probe.connect_ex(("127.0.0.1", 8081)) != 0
    return closed and not any("proxy" in name.lower() for name in os.environ)
"""
TOOLS = {
    "PYTHONPATH=/opt/pip python -m pip download -q --no-deps attrs==25.4.0 && ls *.whl": (
        b"attrs-25.4.0-py3-none-any.whl\n"
    ),
    "/opt/uv pip install -q --target uv-made attrs==25.4.0 && ls -d uv-made/attrs": b"uv-made/attrs\n",
    "npm pack --silent left-pad@1.3.0": b"left-pad-1.3.0.tgz\n",
    "npm install --silent is-odd@3.0.1 >&2 && ls node_modules": b"is-number\nis-odd\n",
}
FETCH = "import urllib.request as u; u.urlopen('{}', timeout=10)"


class _Index(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(SOLUTION)

    def log_message(self, *_):
        pass


@pytest.fixture
def index():
    """An index on the loopback of this host whose only file solves the tiny task."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Index) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://user:pass@127.0.0.1:{server.server_port}/simple/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_a_task_reaches_the_index_in_the_agent_phase_alone(
    site, index, executable, tmp_path, sandbox
):
    worker = OFFLINE + WORKER.replace("return add(*case)", "return is_offline() and add(*case)")
    write_task(
        site.add_pack(),
        toml=TASK.replace('network = "none"', 'network = "packages"'),
        worker=worker,
    )

    done = site.awb(
        *("run", "-w", f"command:{executable(AGENT)}", "--task", "tiny-add", "--jobs", 1),
        *("--sandbox", sandbox, "--json", "--out", tmp_path / "run"),
        env={"PIP_INDEX_URL": index, "AWB_PACKAGE_HOSTS": "", "HTTP_PROXY": "", "http_proxy": ""},
    )

    assert done.returncode == 0, done.stderr
    assert "PIP_INDEX_URL: its login stays on this host" in done.stderr
    (record,) = [json.loads(path.read_text()) for path in (tmp_path / "run/trials").glob("*.json")]
    artifacts = tmp_path / "run/artifacts" / record["artifacts"]
    log = (artifacts / "agent.log").read_text()
    assert record["passed"] is True, (record["note"], log)
    assert log.count("403") == 2
    hosts = {e["host"]: e for e in json.loads((artifacts / "packages.json").read_text())["hosts"]}
    port = index.split(":")[-1].split("/")[0]
    assert hosts.keys() == {"www.example", f"this-host.internal:{port}"}
    assert hosts["www.example"]["refused"] == 2
    assert hosts[f"this-host.internal:{port}"]["received_bytes"] > len(SOLUTION)


@pytest.mark.network
@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_package_tools_work_through_the_index_of_this_host(sandbox):
    settings = read_settings(os.environ, Path.home())
    environment = discover().tasks["err-node-shutdown"].environment  # has npm
    mounts = [
        Mount(source=Path(pip.__file__).parent, target="/opt/pip/pip"),
        Mount(source=Path(sys.executable).with_name("uv"), target="/opt/uv"),
    ]
    env = dict(settings.variables)
    if settings.bundle:
        mounts.append(Mount(source=settings.bundle, target=BUNDLE))
        env |= dict.fromkeys(BUNDLE_VARIABLES, BUNDLE)
    with open_packages(settings.origins) as packages:
        spec = SandboxSpec(
            run="packages",
            trial="packages",
            phase="agent",
            environment=environment,
            limits=Limits(),
            seconds=400,
            network="packages",
            packages=packages.socket,
            mounts=tuple(mounts),
            env=env,
        )
        provider = PROVIDERS[sandbox]()
        provider.prepare(environment, print)
        with provider.open(spec) as box:
            fetched = {
                tool: box.run(Command(argv=["sh", "-c", tool], seconds=90)) for tool in TOOLS
            }
            world = box.run(
                Command(argv=["python", "-c", FETCH.format("https://www.example/")], seconds=30)
            )

    failed = {tool: done.stderr for tool, done in fetched.items() if done.stdout != TOOLS[tool]}
    assert not failed
    assert b"403 www.example is not a package host" in world.stderr
    asked = {each["host"]: each for each in packages.asked}
    assert asked.pop("www.example")["refused"] == 1
    assert asked
    assert all(each["requests"] and not each["refused"] for each in asked.values())


def test_without_bubblewrap_nothing_is_locked_in(tmp_path, monkeypatch):
    monkeypatch.setattr(LocalProvider, "bubblewrap", None)
    spec = SandboxSpec(
        run="packages",
        trial="packages",
        phase="agent",
        environment=Environment(),
        limits=Limits(),
        seconds=20,
        network="packages",
        packages=tmp_path / "socket",
    )

    with (
        pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"),
        LocalProvider().open(spec),
    ):
        pass
