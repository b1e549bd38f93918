"""Helpers for tests: commands with plugins of their own, and a tiny task whose ladder holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

AWB = [str(Path(sys.executable).parent / "awb")]
CANARY = "awb-canary 00000000-0000-4000-8000-000000000000"


@dataclass
class Site:
    """A folder of distributions that only the commands of one test see."""

    root: Path

    @staticmethod
    def checkout() -> Path:
        """Return the root of this checkout."""
        return Path(__file__).resolve().parents[1]

    def add_plugin(self, distribution: str, module: str, source: str) -> Path:
        """Install a module with an entry point of the group `awb`; return its package folder."""
        info = self.root / f"{distribution.replace('-', '_')}-0.1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 0.1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[awb]\n{module} = {module}\n")
        (info / "INSTALLER").write_text("tests\n")
        package = self.root / module
        package.mkdir()
        (package / "__init__.py").write_text(textwrap.dedent(source))
        return package

    def add_pack(self, distribution: str = "awb-pack-tiny") -> Path:
        """Install an empty pack and return the folder of its tasks."""
        module = distribution.replace("-", "_")
        package = self.add_plugin(
            distribution,
            module,
            """
            from pathlib import Path
            from awb_core import hookimpl

            @hookimpl
            def awb_packs():
                return [Path(__file__).parent]
            """,
        )
        (package / "pack.toml").write_text(
            f'schema = 1\nname = "{distribution}"\ntitle = "A tiny pack"\n'
        )
        (package / "tasks").mkdir()
        return package / "tasks"

    def awb(
        self, *arguments: object, env: Mapping[str, str] | None = None, **kwargs: object
    ) -> subprocess.CompletedProcess[str]:
        """Run the command line with these distributions installed."""
        return subprocess.run(
            [*AWB, *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(self.root), **(env or {})},
            check=False,
            **kwargs,  # type: ignore[call-overload]
        )


TASK = """
schema = 1
id = "{id}"
title = "Add numbers"
dimension = "debugging"
difficulty = "S"
languages = ["python"]
contamination = "authored"
canary = "{canary}"

[workspace]
protected = ["data/**"]

[limits]
agent_seconds = 20
verify_seconds = 20
memory_mb = 256
pids = 64
disk_mb = 32
network = "none"

[[checks]]
id = "sums"
oracle = "program"
role = "required"
weight = 1.0
anchors = {{ floor = 0.0, midpoint = 0.475, saturation = 1.0 }}
[checks.options]
judge = "judge.py"
worker = "worker.py"
"""

COVERAGE = """
# awb-canary 00000000-0000-4000-8000-000000000000
schema = 1
[[requirements]]
text = "Make `add(a, b)` in sums.py return the sum."
checks = ["sums"]
"""

JUDGE = '''
"""awb-canary 00000000-0000-4000-8000-000000000000"""
import random

def cases(seed):
    draw = random.Random(seed)
    return [{"id": f"c{n}", "input": [n, draw.randrange(1, 9)]} for n in range(20)]

def judge(case, answer):
    return answer.get("value") == sum(case["input"])
'''

WORKER = '''
"""awb-canary 00000000-0000-4000-8000-000000000000"""
import sys
sys.path.insert(0, ".")
from awb_worker import serve

def handle(case):
    from sums import add
    return add(*case)

serve(handle, isolate=True, seconds=5)
'''


def write_task(tasks: Path, name: str = "tiny-add", **replace: str) -> Path:
    """Write a task whose ladder holds; `replace` overrides files by name (`task.toml`, `judge`, ...)."""
    root = tasks / name
    for folder in ("workspace/data", "tests", "solution"):
        (root / folder).mkdir(parents=True)
    text = replace.get("toml", TASK)
    for key, value in (("{id}", name), ("{canary}", CANARY), ("{{", "{"), ("}}", "}")):
        text = text.replace(key, value)
    (root / "task.toml").write_text(text)
    (root / "instruction.md").write_text("Make `add(a, b)` in sums.py return the sum.\n")
    (root / "coverage.toml").write_text(replace.get("coverage", COVERAGE))
    (root / "workspace" / "sums.py").write_text("def add(a, b):\n    return None\n")
    (root / "workspace" / "data" / "fixed.txt").write_text("protected\n")
    (root / "tests" / "judge.py").write_text(replace.get("judge", JUDGE))
    (root / "tests" / "worker.py").write_text(replace.get("worker", WORKER))
    for rung, limit in (("partial", 7), ("minimal", 10), ("canonical", 99)):
        folder = root / "solution" / rung
        folder.mkdir()
        default = f"def add(a, b):\n    return a + b if a < {limit} else None\n"
        (folder / "sums.py").write_text(replace.get(rung, default))
    return root


def find_python(version: str) -> str:
    """Return an interpreter of a version, also one of pyenv that is not switched on; empty if there is none."""
    found = [shutil.which(f"python{version}")]
    found += map(str, sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python")))
    for python in filter(None, found):
        if subprocess.run([python, "-V"], capture_output=True, check=False).returncode == 0:
            return python
    return ""
