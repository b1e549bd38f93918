"""Try every attack and every mutant on every task, and record the matrix and the kill table in the documentation.

`make prove-trust` runs this: attacks in both sandboxes, mutants in the first. What did not change since an earlier
check on this machine is taken over.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from awb_core.registry import discover

PAGE = Path(__file__).parent / "explanation" / "trust-proof.md"
AWB = Path(sys.executable).parent / "awb"
SANDBOXES = ("local", "docker")
HEAD = """# Proof of trust

Written by `make prove-trust` on {date}, with {attacks} attacks and {tasks} tasks.
[Trust](trust.md) says what the groups are and what remains possible.

In the tables of attacks, `0` lost with a score of 0, `t` lost and was recorded as tampered, `WON` passed or scored
above `noop`, `?` could not be judged, `·` does not apply.
"""
ATTACKS = """
## Attacks in the sandbox {sandbox}

{lost} of {trials} trials lost, {caught} of them recorded as tampered. The whole check, {measured} measurements (ladder,
attacks, mutants in the first sandbox, reach) of which {known} were known already, took {minutes:.0f} minutes on {cores} cores; the
CPU time of all its checks, spread over the cores, is {bare:.0f} minutes.

"""
MUTANTS = """
## Mutants

Wrong solutions made from the canonical one: *by hand* (in `mutants/`; each must fail) and *made* by universalmutator in
the lines that the solution changes. A mutant is noticed if it fails or scores below the canonical solution.

| task | by hand | fail | made | fail | noticed | survivors |
|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Measure, write the page, and return 1 if anything won or survived that must not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sandbox", action="append", choices=SANDBOXES)
    parser.add_argument("--task", action="append", help="only this task; repeatable")
    arguments = parser.parse_args()
    good, parts, mutants = True, [], ""
    for sandbox in arguments.sandbox or SANDBOXES:
        command = [str(AWB), "check", *(arguments.task or ["--all"]), "--json", "--attacks"]
        command += ["--reach"] if mutants else ["--reach", "--mutants"]
        command += ["--sandbox", sandbox, "--jobs", str((os.cpu_count() or 1) + 1)]
        started = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if not done.stdout:
            return done.returncode or 1
        good = good and done.returncode == 0
        tasks = json.loads(done.stdout)["tasks"]
        parts.append(attack_table(tasks, sandbox, time.monotonic() - started))
        mutants = mutants or mutant_table(tasks)
        for task in tasks:
            for problem in task["problems"]:
                print(f"{task['task']}: {problem}", file=sys.stderr)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    head = HEAD.format(date=today, attacks=len(discover().attacks), tasks=len(tasks))
    PAGE.write_text(head + "".join(parts) + mutants, "utf-8")
    print(PAGE, file=sys.stderr)
    return 0 if good else 1


def attack_table(tasks: list[dict[str, Any]], sandbox: str, seconds: float) -> str:
    """Return the matrix of a sandbox."""
    trials = [entry for task in tasks for entry in task["attacks"]]
    every = [e for task in tasks for kind in ("rungs", "attacks", "mutants") for e in task[kind]]
    cores = os.cpu_count() or 1
    head = ATTACKS.format(
        sandbox=sandbox,
        trials=len(trials),
        lost=sum(cell(entry) in ("0", "t") for entry in trials),
        caught=sum(entry["outcome"] == "tampered" for entry in trials),
        minutes=seconds / 60,
        measured=len(every),
        cores=cores,
        bare=sum(entry["cpu_seconds"] for entry in every) / cores / 60,
        known=sum(task["known"] for task in tasks),
    )
    short = [task["task"].split("-")[0] for task in tasks]
    lines = [f"| attack | {' | '.join(short)} |", "|---|" + "---|" * len(tasks)]
    group = ""
    for name, attack in discover().attacks.items():
        if attack.group != group:
            group = attack.group
            lines.append(f"| **{group}** |" + " |" * len(tasks))
        found = [{e["name"]: cell(e) for e in task["attacks"]}.get(name, "·") for task in tasks]
        lines.append(f"| {name} | {' | '.join(found)} |")
    return head + "\n".join(lines) + "\n"


def mutant_table(tasks: list[dict[str, Any]]) -> str:
    """Return the kill table."""
    rows = [row(task) for task in tasks]
    declared = [line for task in tasks for line in equivalent(task)]
    rest = (
        ["", "Survivors that were declared equivalent, with the reason:", "", *declared]
        if declared
        else []
    )
    return MUTANTS + "\n".join([*rows, *rest]) + "\n"


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
    ]
    return f"| {' | '.join(cells)} |"


def equivalent(task: dict[str, Any]) -> Iterator[str]:
    """Yield the mutants that a task declares equivalent."""
    for name, reason in task.get("equivalent", {}).items():
        yield f"* {task['task']} `{name}`: {reason}"


if __name__ == "__main__":
    sys.exit(main())
