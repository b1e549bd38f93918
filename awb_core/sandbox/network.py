"""The one way out of a sandbox whose network is `model`: loopback inside, a unix socket on the host."""

from __future__ import annotations

import shutil
from pathlib import Path

from awb_core.resources import injected

GATEWAY_PORT = 8080
GATEWAY_URL = f"http://127.0.0.1:{GATEWAY_PORT}"
"""Where the gateway is reached from inside."""

FORWARDER = "awb_forward.py"


def copy_forwarder(folder: Path) -> None:
    """Lay the forwarder into a new folder, beside an empty one that the socket's folder is mounted on."""
    (folder / "socket").mkdir(parents=True)
    shutil.copy(injected(FORWARDER), folder / FORWARDER)
