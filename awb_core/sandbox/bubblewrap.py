"""The options of bubblewrap: what a command inside sees, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from awb_core.protocols import SandboxSpec
from awb_core.sandbox.network import ways_out

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32")
ETC = (
    "alternatives",
    "ld.so.cache",
    "passwd",
    "group",
    "nsswitch.conf",
    "hosts",
    "localtime",
    "ssl",
)
TMP_MB = 256
HOME = "/home/awb"
WAYS = "/gateway"
"""Where the forwarder and the sockets it leads to are seen inside."""


def options_for(
    spec: SandboxSpec,
    *,
    known: frozenset[str],
    root: Path,
    environment: Path,
    env: Mapping[str, str],
) -> list[str]:
    """Return the options for a command in a sandbox.

    `known` are the options of the installed version; `root` holds the folders `work`, `hidden`, `home` and `ways`.
    """
    argv = ["--unshare-user", "--unshare-pid"]
    argv += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup", "--die-with-parent"]
    argv += ["--new-session", "--cap-drop", "ALL", "--uid", "1000", "--gid", "1000"]
    argv += ["--hostname", "sandbox"]
    if spec.network != "open":
        argv.append("--unshare-net")
    if "--disable-userns" in known:
        argv.append("--disable-userns")
    argv += _system_binds()
    argv += ["--proc", "/proc", "--dev", "/dev"]
    argv += ["--size", str(TMP_MB << 20)] if "--size" in known else []
    argv += ["--tmpfs", "/tmp", "--bind", str(root / "home"), HOME]
    for mount in spec.mounts:
        argv += ["--ro-bind", str(mount.source), mount.target]
    ways = ways_out(spec)
    if ways:
        argv += ["--ro-bind", str(root / "ways"), WAYS]
    for name, (_, socket) in ways.items():
        argv += ["--ro-bind", str(socket.parent), f"{WAYS}/{name}"]
    for place in dict.fromkeys((_prefix(environment), environment)):
        if not str(place).startswith("/usr/"):
            argv += ["--ro-bind", str(place), str(place)]
    argv += ["--bind", str(root / "work"), "/work", "--ro-bind", str(root / "hidden"), "/hidden"]
    argv += ["--remount-ro", "/", "--chdir", "/work", "--clearenv"]
    for key, value in env.items():
        argv += ["--setenv", key, value]
    return argv


def _system_binds() -> list[str]:
    argv: list[str] = []
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            argv += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            argv += ["--ro-bind", name, name]
    for name in ETC:
        argv += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return argv


def _prefix(environment: Path) -> Path:
    """Return the installation that the environment's interpreter belongs to."""
    return Path(environment / "bin" / "python").resolve().parent.parent
