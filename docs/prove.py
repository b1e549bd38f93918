"""Prove the ladder of tasks on each sandbox and record the result in the documentation.

`make prove` runs this for every task with five repeats: the same verdict and the same score each time, or it is not
admissible. `make prove ARGS="--task NAME"` proves what has changed; the rows of other tasks stay, with their dates.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "explanation" / "ladder-proof.md"
AWB = Path(sys.executable).parent / "awb"
SANDBOXES = ("local", "docker")
HEAD = """# Proof of the ladder

Written by `make prove`. Every rung was measured {repeats} times in each sandbox; verdict and score were the same each time
unless a line says otherwise. Seconds are the longest wall time and CPU time of all checks of one trial, whatever else the
machine was doing.
"""
COLUMNS = "| task | rung | verdict | score | wall s | CPU s | proven |\n|---|---|---|---|---|---|---|"

Rows = dict[tuple[str, str], list[str]]
"""The lines of a task, by sandbox and task."""


def main() -> int:
    """Measure, write the page, and return 1 if anything is not admissible."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--sandbox", action="append", choices=SANDBOXES)
    parser.add_argument("--task", action="append", help="only this task; repeatable")
    arguments = parser.parse_args()
    rows = read_page() if arguments.task else {}
    good = True
    for sandbox in arguments.sandbox or SANDBOXES:
        command = [str(AWB), "check", *(arguments.task or ["--all"])]
        # One more than cores: some checks wait more than they compute.
        command += ["--json", "--sandbox", sandbox, "--jobs", str((os.cpu_count() or 1) + 1)]
        command += ["--repeats", str(arguments.repeats)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if not done.stdout:
            return done.returncode or 1
        good = good and done.returncode == 0
        for task in json.loads(done.stdout)["tasks"]:
            rows[sandbox, task["task"]] = list(lines_of(task))
    write_page(rows, arguments.repeats)
    print(PAGE, file=sys.stderr)
    return 0 if good else 1


def read_page() -> Rows:
    """Return the rows that the page has."""
    rows: Rows = {}
    sandbox = ""
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("## Sandbox "):
            sandbox = line.removeprefix("## Sandbox ")
        elif line.startswith(("| ", "* **")) and not line.startswith("| task "):
            task = line.strip("|* ").split()[0].strip("*:")
            rows.setdefault((sandbox, task), []).append(line)
    return rows


def write_page(rows: Rows, repeats: int) -> None:
    """Write the page: a table a sandbox, and below it what is not admissible."""
    parts = [HEAD.format(repeats=repeats)]
    for sandbox in SANDBOXES:
        lines = [line for key in sorted(rows) if key[0] == sandbox for line in rows[key]]
        parts += [f"## Sandbox {sandbox}\n", COLUMNS]
        parts += [line for line in lines if line.startswith("|")]
        parts += ["", *(line for line in lines if line.startswith("*"))]
    PAGE.write_text("\n".join(parts).rstrip() + "\n", "utf-8")


def lines_of(task: dict[str, Any]) -> Iterator[str]:
    """Yield the rows of a task, and its problems."""
    rungs: dict[str, list[dict[str, Any]]] = {}
    for entry in task["rungs"]:
        rungs.setdefault(entry["rung"], []).append(entry)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for name, entries in rungs.items():
        verdicts = " / ".join(sorted({entry["verdict"] for entry in entries}))
        scores = " / ".join(
            sorted({"-" if e["score"] is None else f"{e['score']:.4f}" for e in entries})
        )
        wall = max(sum(m["seconds"] for m in entry["measurements"]) for entry in entries)
        cpu = max(entry["cpu_seconds"] for entry in entries)
        cells = (task["task"], name, verdicts, scores, f"{wall:.1f}", f"{cpu:.1f}", today)
        yield f"| {' | '.join(cells)} |"
    for problem in task["problems"]:
        yield f"* **{task['task']}**: {problem}"


if __name__ == "__main__":
    sys.exit(main())
