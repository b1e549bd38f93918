"""The way to package indexes: what it serves, what it refuses, and when it ends."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from gateway.package_index import ANSWER, Index, ask, connect, get, hello, read, tunnel, wait_until

from awb_core.errors import SandboxFailed
from awb_core.gateway.package_client import open_packages
from awb_core.gateway.package_hosts import THIS_HOST, Origin
from awb_core.gateway.package_requests import server_name
from awb_core.gateway.package_routes import is_public
from awb_core.gateway.packages import ALERT, HOSTS_KEPT, Bounds

OWNER = """
import sys, time
from awb_core.gateway.package_client import open_packages
with open_packages(()) as packages:
    print(packages.pid, packages.socket, flush=True)
    time.sleep(60)
"""


def test_a_page_is_fetched_from_the_host_that_is_named_and_no_other():
    more = "Host: elsewhere\r\nAccept: x/y\r\nProxy-Authorization: x\r\nConnection: keep-alive\r\n"
    with Index() as index, open_packages(index.origins()) as packages:
        reply = ask(packages, get(index.port, more=more) + b"GET /second HTTP/1.1\r\n\r\n")

    name = f"{THIS_HOST}:{index.port}"
    head = f"GET /simple/?q HTTP/1.1\r\nHost: {name}\r\nAccept: x/y\r\nConnection: close\r\n\r\n"
    assert reply == ANSWER
    assert index.received == [head.encode()]
    assert packages.asked == [
        {
            "host": name,
            "requests": 1,
            "refused": 0,
            "received_bytes": len(ANSWER),
            "sent_bytes": len(head),
            "because": "",
        }
    ]


def test_a_tunnel_leads_to_the_host_it_was_opened_to():
    first = hello(THIS_HOST)
    with Index(b"inside") as index, open_packages(index.origins()) as packages:
        assert tunnel(packages, index.port, first) == b"inside"

    assert index.received == [first]
    assert packages.asked[0]["sent_bytes"] == len(first)


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        (lambda: hello("fronted.example"), "fronted.example"),
        (lambda: hello(None), THIS_HOST),
        (lambda: b"GET / HTTP/1.1\r\nHost: fronted.example\r\n\r\n", THIS_HOST),
        (lambda: hello(THIS_HOST)[:5] + bytes(len(hello(THIS_HOST)) - 5), THIS_HOST),
        (lambda: b"\x16\x03\x01\xff\xff", THIS_HOST),
    ],
    ids=["another name", "no name", "no TLS", "garbage", "too long"],
)
def test_a_tunnel_leads_to_no_other_host_at_the_same_address(first, asked):
    with Index() as index, open_packages(index.origins()) as packages:
        assert tunnel(packages, index.port, first()) == ALERT

    assert index.received in ([], [b""])
    (entry,) = packages.asked
    assert (entry["host"], entry["requests"], entry["refused"]) == (asked, 0, 1)


def test_a_hello_that_hides_its_name_is_not_understood():
    record = bytearray(hello(THIS_HOST)[5:])
    assert server_name(bytes(record)) == THIS_HOST
    encrypted = (0xFE0D).to_bytes(2) + (0).to_bytes(2)
    at = record.index(THIS_HOST.encode()) - 9  # where the extension of the name begins
    length = at - 2
    record[length:at] = (int.from_bytes(record[length:at]) + 4).to_bytes(2)
    record[1:4] = (int.from_bytes(record[1:4]) + 4).to_bytes(3)
    record[at:at] = encrypted

    with pytest.raises(ValueError):  # noqa: PT011 - it has no words, the caller says them
        server_name(bytes(record))


@pytest.mark.parametrize(
    "request_", [get(443, "x.example"), b"CONNECT x.example:443 HTTP/1.1\r\n\r\n"]
)
def test_a_host_that_is_not_allowed_is_refused_by_name(request_):
    with open_packages(()) as packages:
        reply = ask(packages, request_)

    assert reply.startswith(b"HTTP/1.1 403 x.example")
    assert b"AWB_PACKAGE_HOSTS=x.example" in reply.split(b"\r\n\r\n")[1]
    assert [entry["refused"] for entry in packages.asked] == [1]


def test_another_port_of_a_host_that_is_allowed_is_refused():
    with Index() as index, Index() as other, open_packages(index.origins()) as packages:
        assert ask(packages, get(other.port)).startswith(b"HTTP/1.1 403")

    assert other.received == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", THIS_HOST])
def test_this_host_is_refused_unless_it_is_configured(host):
    with Index() as index, open_packages(index.origins(host, configured=False)) as packages:
        status = ask(packages, get(index.port, host)).split()[1]

    assert status == (b"502" if host == THIS_HOST else b"403")
    assert index.received == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((each, True) for each in ("151.101.0.223", "203.0.113.80", "2a04:4e42::223")),
        *((each, False) for each in ("127.0.0.2", "10.1.1.1", "172.16.0.1", "192.168.1.1")),
        *((each, False) for each in ("169.254.169.254", "100.64.0.1", "0.0.0.0")),
        *((each, False) for each in ("::1", "::ffff:10.0.0.1", "fe80::1%eth0", "fd00::1")),
    ],
)
def test_neighbours_are_told_from_the_world(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: pypi.org\r\n\r\n", 400),
        (b"GET https://pypi.org/ HTTP/1.1\r\n\r\n", 400),
        (b"GET http://user:pass@pypi.org/ HTTP/1.1\r\n\r\n", 400),
        (b"GET http://pypi.org/a b HTTP/1.1\r\n\r\n", 400),
        (b"GET http://pypi.org/ HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400),
        (b"GET http://pypi.org/ HTTP/1.1\r\nA: b\nHost: c\r\n\r\n", 400),
        (b"GET http://pypi.org/ HTTP/1.1\r\nA : b\r\n\r\n", 400),
        (b"CONNECT pypi.org HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x00\xa5\x01\r\n\r\n", 400),
        (b"POST http://pypi.org/ HTTP/1.1\r\n\r\n", 405),
        (b"GET http://pypi.org/ HTTP/1.1\r\nContent-Length: 3\r\n\r\n", 405),
        (b"GET http://pypi.org/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 405),
        (b"CONNECT pypi.org:99999 HTTP/1.1\r\n\r\n", 403),
        (b"GET http://pypi.org/ HTTP/1.1\r\nA: " + b"b" * 40000, 431),
    ],
)
def test_what_is_no_request_to_a_proxy_is_refused(request_, status):
    with open_packages((Origin(scheme="http", host="pypi.org", port=80),)) as packages:
        reply = ask(packages, request_)

    # A head that is never read whole may be answered by the end of the connection alone.
    assert reply.startswith(b"HTTP/1.1 %d " % status) or (status == 431 and not reply)
    assert sum(entry["refused"] for entry in packages.asked) == 1


def test_connections_beyond_the_bound_wait_and_too_many_are_closed():
    bounds = Bounds(connections=1, idle_seconds=2)
    with (
        Index(silent=True) as index,
        open_packages(index.origins(), bounds) as packages,
        contextlib.ExitStack() as stack,
    ):
        waiting = [stack.enter_context(connect(packages)) for _ in range(12)]
        for each in waiting:
            each.sendall(get(index.port))
        closed = [each for each in waiting[4:] if read(each) == b""]
        wait_until(lambda: index.received)
        assert len(index.received) == 1
        assert read(waiting[0]) == b""  # it was idle for too long
        wait_until(lambda: len(index.received) > 1)

    assert len(closed) == 8


def test_a_trial_cannot_fetch_without_end():
    page = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1 << 20)
    bounds = Bounds(bytes=1 << 18)
    with Index(page) as index, open_packages(index.origins(), bounds) as packages:
        assert len(ask(packages, get(index.port))) < 1 << 19
        assert ask(packages, get(index.port)).startswith(b"HTTP/1.1 403 this trial has fetched")


def test_a_flood_of_names_is_counted_and_not_kept():
    with open_packages(()) as packages:
        for number in range(HOSTS_KEPT + 50):
            ask(packages, b"CONNECT h%d.example:443 HTTP/1.1\r\n\r\n" % number)

    assert len(packages.asked) == HOSTS_KEPT + 1
    assert packages.asked[0]["host"] == "(others)"
    assert packages.asked[0]["refused"] == 50


def test_the_proxy_of_this_host_is_used_and_its_login_stays_here(monkeypatch):
    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    origins = [Origin(scheme=s, host="pypi.org", port=p) for s, p in (("https", 443), ("http", 80))]
    with Index(b"HTTP/1.1 200 OK\r\n\r\nfar") as proxy:
        for name in ("HTTPS_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://user:pass@127.0.0.1:{proxy.port}")
        with open_packages(origins) as packages:
            inside = tunnel(packages, 443, hello("pypi.org"), "pypi.org")
            page = ask(packages, b"GET http://pypi.org/simple/ HTTP/1.1\r\n\r\n")

    login = b"Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"
    assert (inside, page[-3:]) == (b"far", b"far")
    assert proxy.received[0].startswith(b"CONNECT pypi.org:443 HTTP/1.1\r\n")
    assert proxy.received[1].startswith(b"GET http://pypi.org/simple/ HTTP/1.1\r\n")
    assert all(login in each for each in proxy.received)


def test_it_ends_with_its_owner():
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE) as owner:
        pid, path = owner.stdout.readline().split()
        owner.kill()

    wait_until(lambda: not Path(path.decode()).parent.exists())
    wait_until(lambda: not _runs(int(pid)))


def _runs(pid):
    with contextlib.suppress(OSError):
        return b"awb_core.gateway.packages" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def test_its_death_is_no_fault_of_the_workflow():
    with (
        pytest.raises(SandboxFailed, match="ended before its trial"),
        open_packages(()) as packages,
    ):
        os.kill(packages.pid, signal.SIGKILL)

    assert not packages.socket.parent.exists()
