"""A package index on loopback, and clients that ask for it through the way to package indexes."""

import contextlib
import socket
import ssl
import threading
import time

from awb_core.gateway.package_hosts import THIS_HOST, Origin

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\npage"
OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Index:
    """A package index on loopback that keeps what it is sent; `silent`, it never answers."""

    def __init__(self, answer=ANSWER, silent=False):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.received = []
        self._answer, self._silent = answer, silent
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        held = []
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            while True:
                connection = stack.enter_context(self._socket.accept()[0])
                held.append(connection)
                self.received.append(connection.recv(1 << 16))
                if not self._silent:
                    connection.sendall(self._answer)
                    connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def origins(self, host=THIS_HOST, *, configured=True):
        return tuple(
            Origin(scheme=scheme, host=host, port=self.port, configured=configured)
            for scheme in ("http", "https")
        )


def wait_until(holds):
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def connect(packages):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(str(packages.socket))
    return connection


def read(connection):
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            received += piece
    return received


def ask(packages, data):
    with connect(packages) as connection, contextlib.suppress(BrokenPipeError):
        connection.sendall(data)
        return read(connection)


def get(port, host=THIS_HOST, more=""):
    return f"GET http://{host}:{port}/simple/?q HTTP/1.1\r\n{more}\r\n".encode()


def hello(name):
    """Return the first message of a TLS connection to a host."""
    sent = ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname = name is not None
    end = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=name)
    with contextlib.suppress(ssl.SSLWantReadError):
        end.do_handshake()
    return sent.read()


def tunnel(packages, port, first, host=THIS_HOST):
    """Open a tunnel, say something in it, and return what came back inside."""
    with connect(packages) as connection:
        connection.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode())
        opened = connection.recv(len(OPENED))
        if opened != OPENED:
            return opened + read(connection)
        connection.sendall(first)
        return read(connection)
