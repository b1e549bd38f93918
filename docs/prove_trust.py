"""Try every attack and every mutant on every task, and record the matrix and the kill table in the documentation.

`make prove-trust` runs this: attacks in both sandboxes, mutants in the first. What did not change since an earlier
check on this machine is taken over. `make prove-trust ARGS="--task NAME"` proves what has changed; what the page says
of other tasks stays.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from awb_core.protocols import Attack
from awb_core.registry import discover

PAGE = Path(__file__).parent / "explanation" / "trust-proof.md"
AWB = Path(sys.executable).parent / "awb"
SANDBOXES = ("local", "docker")
HEAD = """# Proof of trust

Written by `make prove-trust`, with {attacks} attacks and {tasks} tasks.
[Trust](trust.md) says what the groups are and what remains possible.

In the tables of attacks, `0` lost with a score of 0, `t` lost and was recorded as tampered, `WON` passed or scored
above `noop`, `?` could not be judged, `·` does not apply.
"""
ATTACKS = """
## Attacks in the sandbox {sandbox}

{lost} of {trials} trials lost, {caught} of them recorded as tampered.

"""
MUTANTS = """
## Mutants

Wrong solutions made from the canonical one: *by hand* (in `mutants/`; each must fail) and *made* by universalmutator in
the lines that the solution changes. A mutant is noticed if it fails or scores below the canonical solution.

| task | by hand | fail | made | fail | noticed | survivors | proven |
|---|---|---|---|---|---|---|---|
"""
DECLARED = "\nSurvivors that were declared equivalent, with the reason:\n\n"

Columns = dict[tuple[str, str], dict[str, str]]
"""What became of each attack that applies, by sandbox and task."""


def main() -> int:
    """Measure, write the page, and return 1 if anything won or survived that must not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sandbox", action="append", choices=SANDBOXES)
    parser.add_argument("--task", action="append", help="only this task; repeatable")
    arguments = parser.parse_args()
    good, with_mutants = True, True
    columns, rows = read_page() if arguments.task else ({}, {})
    for sandbox in arguments.sandbox or SANDBOXES:
        command = [str(AWB), "check", *(arguments.task or ["--all"]), "--json", "--attacks"]
        command += ["--reach", "--mutants"] if with_mutants else ["--reach"]
        command += ["--sandbox", sandbox, "--jobs", str((os.cpu_count() or 1) + 1)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if not done.stdout:
            return done.returncode or 1
        good = good and done.returncode == 0
        for task in json.loads(done.stdout)["tasks"]:
            columns[sandbox, task["task"]] = {e["name"]: cell(e) for e in task["attacks"]}
            if with_mutants:
                rows[task["task"]] = [row(task), *equivalent(task)]
            for problem in task["problems"]:
                print(f"{task['task']}: {problem}", file=sys.stderr)
        with_mutants = False
    write_page(columns, rows)
    print(PAGE, file=sys.stderr)
    return 0 if good else 1


def read_page() -> tuple[Columns, dict[str, list[str]]]:
    """Return the columns of the matrices, and each task's lines below them, as the page has them."""
    columns: Columns = {}
    rows: dict[str, list[str]] = {}
    sandbox, tasks = "", []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [part.strip() for part in line.strip("|").split("|")]
        if line.startswith("## "):
            sandbox = line.removeprefix("## Attacks in the sandbox ")
        elif line.startswith("| attack "):
            tasks = cells[1:]
            columns |= {(sandbox, task): {} for task in tasks}
        elif line.startswith("| ") and sandbox in SANDBOXES and not cells[0].startswith("**"):
            for task, found in zip(tasks, cells[1:], strict=True):
                if found != "·":
                    columns[sandbox, task][cells[0]] = found
        elif line.startswith(("| ", "* ")) and not sandbox.endswith(SANDBOXES):
            if not line.startswith(("| task ", "| **")):
                rows.setdefault(line.split()[1], []).append(line)
    return columns, rows


def write_page(columns: Columns, rows: dict[str, list[str]]) -> None:
    """Write the matrix of each sandbox and the kill table, tasks in the order they are installed."""
    registry = discover()
    tasks = [task for task in registry.tasks if task in rows]
    parts = [HEAD.format(attacks=len(registry.attacks), tasks=len(tasks))]
    for sandbox in SANDBOXES:
        mine = {task: columns.get((sandbox, task), {}) for task in tasks}
        if any(mine.values()):
            parts.append(matrix(sandbox, mine, registry.attacks))
    lines = [line for task in tasks for line in rows[task]]
    parts += [MUTANTS, *(f"{line}\n" for line in lines if line.startswith("| "))]
    declared = [f"{line}\n" for line in lines if line.startswith("* ")]
    parts += [DECLARED, *declared] if declared else []
    PAGE.write_text("".join(parts), "utf-8")


def matrix(sandbox: str, columns: dict[str, dict[str, str]], attacks: Mapping[str, Attack]) -> str:
    """Return the matrix of a sandbox, attacks by group."""
    cells = [found for column in columns.values() for found in column.values()]
    lost, caught = sum(found in ("0", "t") for found in cells), cells.count("t")
    lines = [f"| attack | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    group = ""
    for name, attack in attacks.items():
        if attack.group != group:
            group = attack.group
            lines.append(f"| **{group}** |" + " |" * len(columns))
        found = [column.get(name, "·") for column in columns.values()]
        lines.append(f"| {name} | {' | '.join(found)} |")
    head = ATTACKS.format(sandbox=sandbox, trials=len(cells), lost=lost, caught=caught)
    return head + "\n".join(lines) + "\n"


def cell(entry: dict[str, Any]) -> str:
    """Say in a character what became of an attack."""
    if entry["score"] is None:
        return "?"
    if entry["verdict"] == "pass" or entry["score"] > 1e-9:
        return "WON" if entry["verdict"] == "pass" else f"{entry['score']:.3f}"
    return "t" if entry["outcome"] == "tampered" else "0"


def row(task: dict[str, Any]) -> str:
    """Return a task's line of the kill table."""
    hand = [m for m in task["mutants"] if ":" not in m["name"]]
    made = [m for m in task["mutants"] if ":" in m["name"]]
    alive = [m["name"] for m in task["mutants"] if m["survives"]]
    total = len(task["mutants"])
    cells = [
        task["task"],
        str(len(hand)),
        str(sum(m["verdict"] == "fail" for m in hand)),
        str(len(made)),
        str(sum(m["verdict"] == "fail" for m in made)),
        f"{(total - len(alive)) / total:.0%}" if total else "-",
        ", ".join(f"`{name}`" for name in alive) or "none",
        f"{datetime.now(UTC):%Y-%m-%d}",
    ]
    return f"| {' | '.join(cells)} |"


def equivalent(task: dict[str, Any]) -> Iterator[str]:
    """Yield the mutants that a task declares equivalent."""
    for name, reason in task.get("equivalent", {}).items():
        yield f"* {task['task']} `{name}`: {reason}"


if __name__ == "__main__":
    sys.exit(main())
