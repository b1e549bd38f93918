"""The network `model`: from inside, the gateway can be reached and nothing else."""

import contextlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingUnixStreamServer

import pytest

from awb_core.errors import SandboxUnavailable
from awb_core.model import Environment, Limits
from awb_core.protocols import Command, Mount, SandboxSpec
from awb_core.sandbox.docker import DockerProvider
from awb_core.sandbox.local import LocalProvider

LIMITS = Limits(memory_mb=256, pids=64, disk_mb=32, cpus=1)
FETCH = """
import json, sys, urllib.request
print(urllib.request.urlopen(sys.argv[1] + "/hello", data=sys.stdin.buffer.read(), timeout=20).read().decode())
"""
PROBE = """
import json, socket, sys
def state(host, port):
    try:
        socket.create_connection((host, port), timeout=2).close()
        return "open"
    except OSError as error:
        return type(error).__name__
print(json.dumps({f"{h}:{p}": state(h, p) for h, p in json.loads(sys.argv[1])}))
"""


class PlainProvider(LocalProvider):
    bubblewrap = None


@pytest.fixture(
    scope="module", params=["bubblewrap", pytest.param("docker", marks=pytest.mark.docker)]
)
def provider(request):
    made = {"bubblewrap": LocalProvider, "docker": DockerProvider}[request.param]()
    made.prepare(Environment(), lambda _: None)
    return made


class Echo(BaseHTTPRequestHandler):
    """Says back what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "inside"

    def log_message(self, *_):
        pass


@pytest.fixture
def gateway(tmp_path):
    folder = tmp_path / "gateway"
    folder.mkdir()
    with ThreadingUnixStreamServer(str(folder / "socket"), Echo) as server:
        (folder / "socket").chmod(0o666)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder / "socket"
        server.shutdown()
        thread.join()


@pytest.fixture
def open_sandbox(provider, gateway):
    def make(**changes):
        spec = {"run": "tests", "trial": "lock", "phase": "agent", "environment": Environment()}
        spec |= {"limits": LIMITS, "seconds": 120, "network": "model", "gateway": gateway}
        return provider.open(SandboxSpec(**{**spec, **changes}))

    return make


def python(box, code, *arguments, **options):
    return box.run(Command(argv=[box.python, "-c", code, *arguments], **options))


def test_the_gateway_answers_and_bodies_arrive_whole(open_sandbox):
    body = bytes(range(256)).hex().encode() * 4000
    with open_sandbox() as box:
        result = python(box, FETCH, box.gateway_url, stdin=body, keep_bytes=8 << 20)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.strip() == body


def test_nothing_else_can_be_reached(open_sandbox):
    own = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    with contextlib.ExitStack() as stack, socket.create_server(("0.0.0.0", 0)) as listener:
        port = listener.getsockname()[1]
        hosts = {"127.0.0.1", "172.17.0.1", "169.254.169.254", "1.1.1.1", *own}
        targets = [(host, number) for host in sorted(hosts) for number in (port, 443)]
        box = stack.enter_context(open_sandbox())
        result = python(box, PROBE, json.dumps(targets), seconds=60)
        # The host itself does reach that listener: a closed port inside is the lock's doing.
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    found = json.loads(result.stdout)
    assert len(found) == len(targets)
    assert "open" not in found.values(), found


def test_there_is_no_interface_but_loopback(open_sandbox):
    with open_sandbox() as box:
        result = python(box, "import socket; print([n for _, n in socket.if_nameindex()])")
    names = eval(result.stdout)
    assert "lo" in names
    assert not [name for name in names if name.startswith(("eth", "en", "wl", "docker"))]


def test_without_a_gateway_the_network_is_off(open_sandbox):
    with open_sandbox(gateway=None) as box:
        assert box.gateway_url == ""
        result = python(box, PROBE, json.dumps([("127.0.0.1", 8080), ("1.1.1.1", 443)]))
    assert "open" not in json.loads(result.stdout).values()


def test_exit_codes_output_and_time_limits_are_those_of_the_command(open_sandbox):
    with open_sandbox() as box:
        ended = python(box, "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)")
        late = python(box, "import time; time.sleep(60)", seconds=1)
    assert (ended.exit_code, ended.stdout, ended.stderr) == (7, b"out\n", b"err\n")
    assert late.timed_out


def test_home_is_fresh_writable_and_lasts_as_long_as_the_sandbox(open_sandbox):
    for _ in range(2):
        with open_sandbox() as box:
            before = box.run(Command(argv=["sh", "-c", "ls -A ~; echo $HOME"]))
            box.run(Command(argv=["sh", "-c", "echo 1 > ~/kept"]))
            after = box.run(Command(argv=["sh", "-c", "cat ~/kept"]))
        assert before.stdout.decode().split() == [box.home]
        assert after.stdout == b"1\n"


def test_mounted_folders_can_be_read_and_not_written(open_sandbox, tmp_path):
    (tmp_path / "agent").mkdir()
    (tmp_path / "agent/tool").write_text("#!/bin/sh\necho ran\n")
    (tmp_path / "agent/tool").chmod(0o755)
    mount = Mount(source=tmp_path / "agent", target="/opt/agent")
    with open_sandbox(mounts=(mount,)) as box:
        ran = box.run(Command(argv=["/opt/agent/tool"]))
        written = box.run(Command(argv=["sh", "-c", "echo x >> /opt/agent/tool"]))
    assert ran.stdout == b"ran\n"
    assert written.exit_code != 0
    assert (tmp_path / "agent/tool").read_text() == "#!/bin/sh\necho ran\n"


def test_the_system_cannot_be_written(open_sandbox):
    with open_sandbox() as box:
        script = "for d in / /usr /etc /opt /var; do echo x > $d/awb-x && echo $d; done; exit 0"
        result = box.run(Command(argv=["sh", "-c", script]))
    assert result.stdout == b""


def test_without_bubblewrap_an_agent_cannot_be_locked_in(gateway):
    spec = SandboxSpec(
        run="tests",
        trial="lock",
        phase="agent",
        environment=Environment(),
        limits=LIMITS,
        seconds=60,
        network="model",
        gateway=gateway,
    )
    with pytest.raises(SandboxUnavailable, match="bubblewrap"), PlainProvider().open(spec):
        pass
