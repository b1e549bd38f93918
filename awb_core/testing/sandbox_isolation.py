"""What a sandbox must show of the isolation that it states, one function a behaviour."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import subprocess
from typing import Any

from awb_core.protocols import Mount
from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.sandbox_bench import SandboxBench, python, seen, sh, told

CONNECT = """
import socket
s = socket.socket()
s.settimeout(3)
print(s.connect_ex(("192.0.2.1", 80)), len(open("/proc/net/route").readlines()))
"""
LOOPBACK = """
import socket
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname(), timeout=5)
print("reached")
"""
FETCH = """
import sys, urllib.request
data = sys.stdin.buffer.read()
print(urllib.request.urlopen(sys.argv[1] + "/hello", data=data, timeout=20).read().decode())
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
PROXIED = """
import os, sys, urllib.request
reply = urllib.request.urlopen("http://packages.invalid/simple/", data=b"asked", timeout=20)
print(reply.read().decode(), os.environ["https_proxy"] == os.environ["HTTP_PROXY"])
"""
INTERFACES = "import json, socket; print(json.dumps([n for _, n in socket.if_nameindex()]))"
SEARCH = """
import os, sys
needle = "-".join(sys.argv[1:]).encode()
for name in filter(str.isdigit, os.listdir("/proc")):
    try:
        if needle in open(f"/proc/{name}/cmdline", "rb").read():
            print("found")
    except OSError:
        pass
"""
STATUS = "grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status; id -u; echo x > /etc/x"
WRITES = "for d in / /usr /etc /opt /var; do echo x > $d/awb-x && echo $d; done 2>/dev/null; exit 0"
NONE = b"0000000000000000"


def has_no_network(bench: SandboxBench) -> Observation:
    """There is no network unless it is declared."""
    with bench.open() as box:
        result = python(box, CONNECT)
    error, routes = (*result.stdout.split(), b"0", b"9")[:2]
    return seen(int(error) != 0 and int(routes) <= 1, told(result))


def has_loopback(bench: SandboxBench) -> Observation:
    """A command reaches what it serves itself, also where the network is off."""
    with bench.open() as box:
        result = python(box, LOOPBACK)
    return seen(result.stdout == b"reached\n", told(result))


def hides_files(bench: SandboxBench) -> Observation:
    """Files of this host cannot be seen."""
    place = bench.folder({"private": "private"})
    with bench.open() as box:
        result = sh(box, f"cat {place}/private; cat /etc/shadow; ls /root")
    shown = b"private" in result.stdout or b"root:" in result.stdout
    return seen(not shown, told(result))


def hides_processes(bench: SandboxBench) -> Observation:
    """Processes of this host cannot be seen."""
    words = ("awb", "bench", secrets.token_hex(8))
    argv = ["sh", "-c", f"sleep 60; : {'-'.join(words)}"]
    with subprocess.Popen(argv) as process:
        try:
            with bench.open() as box:
                result = python(box, SEARCH, *words)
        finally:
            process.kill()
    return seen(result.exit_code == 0 and result.stdout == b"", told(result))


def drops_privileges(bench: SandboxBench) -> Observation:
    """A command has no capabilities, cannot get any, and is not root."""
    with bench.open() as box:
        result = sh(box, STATUS)
    words = result.stdout.split()
    held = [*words[1::2][:3]] == [NONE, NONE, b"1"] and words[-1:] not in ([], [b"0"])
    return seen(held and result.exit_code != 0, told(result))


def protects_the_system(bench: SandboxBench) -> Observation:
    """The system cannot be written."""
    with bench.open() as box:
        result = sh(box, WRITES)
    return seen(result.stdout == b"", told(result))


def mounts_read_only(bench: SandboxBench) -> Observation:
    """A mounted folder of this host can be read and run, and not written."""
    folder = bench.folder({"tool": "#!/bin/sh\necho ran\n"})
    (folder / "tool").chmod(0o755)
    mount = Mount(source=folder, target="/opt/agent")
    with bench.open_locked(mounts=(mount,)) as box:
        ran = sh(box, "/opt/agent/tool")
        written = sh(box, "echo x >> /opt/agent/tool")
    whole = (folder / "tool").read_text() == "#!/bin/sh\necho ran\n"
    held = ran.stdout == b"ran\n" and written.exit_code != 0 and whole
    return seen(held, f"{told(ran)}, {told(written)}")


def reaches_the_gateway(bench: SandboxBench) -> Observation:
    """In the network `model` the gateway answers, and bodies arrive whole both ways."""
    body = bytes(range(256)).hex().encode() * 4000
    with bench.open_locked() as box:
        result = python(box, FETCH, box.gateway_url, stdin=body, keep_bytes=8 << 20)
    return seen(result.stdout.strip() == body, told(result))


def reaches_nothing_else(bench: SandboxBench) -> Observation:
    """In the network `model` neither this host nor the world can be reached."""
    return _reaches_nothing(bench)


def reaches_packages(bench: SandboxBench) -> Observation:
    """In the network `packages` requests go to the proxy of package indexes, which resolves all names."""
    with bench.open_locked(network="packages", gateway=None, packages=bench.gateway) as box:
        result = python(box, PROXIED)
    return seen(result.stdout == b"asked True\n" and box.gateway_url == "", told(result))


def reaches_gateway_and_packages(bench: SandboxBench) -> Observation:
    """In the network `packages` the gateway answers as well, past the proxy."""
    with bench.open_locked(network="packages", packages=bench.gateway) as box:
        both = python(box, PROXIED).stdout, python(box, FETCH, box.gateway_url, stdin=b"x").stdout
    return seen(both == (b"asked True\n", b"x\n"), both)


def reaches_only_packages(bench: SandboxBench) -> Observation:
    """In the network `packages` neither this host nor the world can be reached."""
    return _reaches_nothing(bench, network="packages", gateway=None, packages=bench.gateway)


def _reaches_nothing(bench: SandboxBench, **changes: Any) -> Observation:
    own = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("0.0.0.0", 0)))
        port = listener.getsockname()[1]
        hosts = {"127.0.0.1", "172.17.0.1", "169.254.169.254", "1.1.1.1", *map(str, own)}
        targets = [(host, number) for host in sorted(hosts) for number in (port, 443)]
        box = stack.enter_context(bench.open_locked(**changes))
        result = python(box, PROBE, json.dumps(targets), seconds=60)
        # The host itself does reach that listener: a closed port inside is the lock's doing.
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    found = json.loads(result.stdout or "{}")
    return seen(len(found) == len(targets) and "open" not in found.values(), found or told(result))


def has_loopback_only(bench: SandboxBench) -> Observation:
    """In the network `model` there is no interface but loopback."""
    with bench.open_locked() as box:
        result = python(box, INTERFACES)
    names = json.loads(result.stdout or "[]")
    wired = [name for name in names if name.startswith(("eth", "en", "wl", "docker"))]
    return seen("lo" in names and not wired, names)


def is_off_without_a_gateway(bench: SandboxBench) -> Observation:
    """The network `model` without a gateway is no network."""
    with bench.open(network="model") as box:
        url = box.gateway_url
        result = python(box, PROBE, json.dumps([("127.0.0.1", 8080), ("1.1.1.1", 443)]))
    found = json.loads(result.stdout or "{}")
    return seen(
        url == "" and bool(found) and "open" not in found.values(), f"{url!r}, {told(result)}"
    )


def is_itself_when_locked(bench: SandboxBench) -> Observation:
    """Exit codes, output and time limits are those of the command; HOME is fresh, and lasts."""
    for _ in range(2):
        with bench.open_locked() as box:
            before = sh(box, "ls -A ~; echo $HOME; echo 1 > ~/kept")
            ended = sh(box, "cat ~/kept; echo problem >&2; exit 7")
            home = box.home
        held = (ended.exit_code, ended.stdout, ended.stderr) == (7, b"1\n", b"problem\n")
        if not held or before.stdout.decode().split() != [home]:
            return seen(False, f"{told(before)}, {told(ended)}")
    with bench.open_locked() as box:
        late = sh(box, "sleep 60", seconds=1)
    return seen(late.timed_out, f"at its limit {told(late)}")


def is_still_isolated_when_locked(bench: SandboxBench) -> Observation:
    """The system cannot be written and files of this host are not seen in the network `model` either."""
    place = bench.folder({"private": "private"})
    with bench.open_locked() as box:
        result = sh(box, f"cat {place}/private; {WRITES}")
    return seen(result.stdout == b"", told(result))
