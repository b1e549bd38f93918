"""The listening sockets: they are made by the owner of a gateway, and removed by whoever of the two lives longer."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable
from pathlib import Path


def unix_socket(path: Path) -> socket.socket:
    """Listen on a unix socket that every user may connect to."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.bind(str(path))
    path.chmod(0o666)
    made.listen(256)
    return made


def loopback_socket() -> socket.socket:
    """Listen on a free port of the loopback."""
    return socket.create_server(("127.0.0.1", 0), backlog=256)


def remove_sockets(sockets: Iterable[socket.socket]) -> None:
    """Remove the unix sockets, and their folders if nothing else is in them."""
    for each in sockets:
        if each.family == socket.AF_UNIX:
            path = Path(each.getsockname())
            with contextlib.suppress(OSError):
                path.unlink()
                path.parent.rmdir()
