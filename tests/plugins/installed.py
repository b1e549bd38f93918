"""The fixture distributions as wheels, installed with pip into a clean environment beside a wheel of the core."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
UV = Path(sys.executable).parent / "uv"
GOOD = ("awb-pack-fixture-security", "awb-adapter-fixture")
BAD = tuple(f"awb-pack-fixture-{kind}" for kind in ("broken", "duplicate", "future", "hanging"))


@dataclass(frozen=True)
class Installed:
    """A clean environment, and the wheels it came from."""

    root: Path

    @property
    def bin(self) -> Path:
        return self.root / "env/bin"

    @property
    def wheels(self) -> Path:
        return self.root / "dist"

    def run(self, *command, cwd, env=None):
        """Run a program of the environment."""
        mine = {"PYTHONPATH", "AWB_PLUGIN_SECONDS", "VIRTUAL_ENV"}
        clean = {name: value for name, value in os.environ.items() if name not in mine}
        return subprocess.run(
            [self.bin / command[0], *map(str, command[1:])],
            cwd=cwd,
            env={**clean, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def beside(self, folder: Path, *distributions: str) -> dict[str, str]:
        """Install distributions into a folder of their own; return the environment in which they are seen too."""
        for name in distributions:
            wheel = next(self.wheels.glob(f"{name.replace('-', '_')}-*.whl"))
            pip = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", folder)
            checked(self.run("python", *pip, wheel, cwd=self.root))
        return {"PYTHONPATH": str(folder)}


def checked(done):
    """Return what a command printed; it must have succeeded."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def parsed(done, code=0):
    """Return the JSON that a command printed."""
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def install(shared: Path) -> Installed:
    """Build and install once; other test processes wait for it."""
    made = Installed(shared / "installed")
    with (shared / "installed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made.root / "ready").exists():
            shutil.rmtree(made.root, ignore_errors=True)
            _build(made)
            (made.root / "ready").touch()
    return made


def _build(made: Installed) -> None:
    for source in (CHECKOUT, *(HERE / name for name in (*GOOD, *BAD))):
        command = [UV, "build", "--quiet", "--wheel", "--out-dir", made.wheels, source]
        checked(subprocess.run(command, capture_output=True, text=True, check=False))
    subprocess.run([sys.executable, "-m", "venv", made.root / "env"], check=True)
    wanted = ["awb-core[agents,check]", "pytest", *GOOD]
    pip = ("-m", "pip", "install", "--quiet", "--no-compile", "--find-links", made.wheels, *wanted)
    checked(made.run("python", *pip, cwd=made.root))
