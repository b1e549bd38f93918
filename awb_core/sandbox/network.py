"""The ways out of a sandbox whose network is `model` or `packages`: loopback inside, unix sockets on the host."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from awb_core.protocols import SandboxSpec
from awb_core.resources import injected

GATEWAY_PORT = 8080
GATEWAY_URL = f"http://127.0.0.1:{GATEWAY_PORT}"
"""Where the gateway is reached from inside."""

PACKAGES_PORT = 8081
PACKAGES_URL = f"http://127.0.0.1:{PACKAGES_PORT}"
"""Where the proxy to package indexes is reached from inside."""

FORWARDER = "awb_forward.py"


def ways_out(spec: SandboxSpec) -> Mapping[str, tuple[int, Path]]:
    """Return the port inside and the socket on this host of each way out, by name."""
    ways = {"gateway": (GATEWAY_PORT, spec.gateway), "packages": (PACKAGES_PORT, spec.packages)}
    return {name: (port, socket) for name, (port, socket) in ways.items() if socket is not None}


def forwarded(spec: SandboxSpec, folder: str) -> str:
    """Return what the forwarder is told, where the folders of the sockets are seen in `folder` by their names."""
    ways = ways_out(spec).items()
    return ",".join(f"{port}={folder}/{name}/{socket.name}" for name, (port, socket) in ways)


def variables(spec: SandboxSpec) -> dict[str, str]:
    """Return the variables of every command inside: those asked for, and the proxy if there is one."""
    if spec.packages is None:
        return dict(spec.env)
    proxy = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), PACKAGES_URL)
    own = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
    return {**proxy, **own, **spec.env}


def copy_forwarder(folder: Path, spec: SandboxSpec) -> None:
    """Lay the forwarder into a new folder, beside empty ones that the sockets' folders are mounted on."""
    for name in ways_out(spec):
        (folder / name).mkdir(parents=True)
    shutil.copy(injected(FORWARDER), folder / FORWARDER)
