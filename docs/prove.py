"""Prove the ladder of every task on each sandbox and record the result in the documentation.

`make prove` runs this with five repeats: the same verdict and the same score each time, or it is not admissible.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "explanation" / "ladder-proof.md"
AWB = Path(sys.executable).parent / "awb"


def main() -> int:
    """Measure, write the page, and return 1 if anything is not admissible."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--sandbox", action="append", choices=["local", "docker"])
    arguments = parser.parse_args()
    lines = [
        "# Proof of the ladder\n",
        f"Written by `make prove` on {datetime.now(UTC):%Y-%m-%d}. Every rung was measured"
        f" {arguments.repeats} times in each sandbox; verdict and score were the same each time unless a"
        " line says otherwise. Seconds are the longest wall time and CPU time of all checks of one trial.\n",
    ]
    good = True
    for sandbox in arguments.sandbox or ["local", "docker"]:
        command = [str(AWB), "check", "--all", "--json", "--sandbox", sandbox]
        # One more than cores: some checks wait more than they compute.
        command += ["--repeats", str(arguments.repeats), "--jobs", str((os.cpu_count() or 1) + 1)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if not done.stdout:
            return done.returncode or 1
        document = json.loads(done.stdout)
        good = good and done.returncode == 0
        lines += table(sandbox, document)
    PAGE.write_text("\n".join(lines), "utf-8")
    print(PAGE, file=sys.stderr)
    return 0 if good else 1


def table(sandbox: str, document: dict[str, Any]) -> list[str]:
    """Return the table of one sandbox."""
    lines = [f"## Sandbox {sandbox}\n", "| task | rung | verdict | score | wall s | CPU s |"]
    lines.append("|---|---|---|---|---|---|")
    for task in document["tasks"]:
        rungs: dict[str, list[dict[str, Any]]] = {}
        for entry in task["rungs"]:
            rungs.setdefault(entry["rung"], []).append(entry)
        for name, entries in rungs.items():
            verdicts = " / ".join(sorted({entry["verdict"] for entry in entries}))
            scores = " / ".join(
                sorted({"-" if e["score"] is None else f"{e['score']:.4f}" for e in entries})
            )
            wall = max(sum(m["seconds"] for m in entry["measurements"]) for entry in entries)
            cpu = max(entry["cpu_seconds"] for entry in entries)
            lines.append(
                f"| {task['task']} | {name} | {verdicts} | {scores} | {wall:.1f} | {cpu:.1f} |"
            )
    lines.append("")
    lines += [
        f"* **{task['task']}**: {problem}"
        for task in document["tasks"]
        for problem in task["problems"]
    ]
    return [*lines, ""]


if __name__ == "__main__":
    sys.exit(main())
