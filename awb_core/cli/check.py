"""`awb check`: prove that tasks are admissible."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import click

from awb_core.admission.bench import ADMISSION, Bench, Scope
from awb_core.admission.certificate import certify, write_certificate
from awb_core.admission.gate import TaskReport, check_tasks
from awb_core.admission.render import as_dict, as_junit, as_text
from awb_core.cli.common import default_sandbox, print_json, select_tasks
from awb_core.cli.progress import CheckProgress
from awb_core.errors import SandboxUnavailable, UsageError
from awb_core.model import Task
from awb_core.registry import Broken, Registry, discover


@click.command(
    epilog="""\b
Examples:
  awb check dbg-multipart-boundary
  awb check awb-pack-debugging --attacks --mutants --sandbox docker
  awb check my-pack --admission --sign-off "Ada Lovelace"
  awb check --all --format junit > admission.xml"""
)
@click.argument("names", nargs=-1, metavar="[PACK|TASK]...")
@click.option("--all", "everything", is_flag=True, help="Check everything installed.")
@click.option(
    "--repeats", type=click.IntRange(1), help="Times each rung is measured; 1, or 20 for admission."
)
@click.option(
    "--vary/--no-vary",
    default=None,
    help="Let repeats differ in load, order, seeds, time zone, locale, umask, cpus and memory.",
)
@click.option("--attacks", is_flag=True, help="Try every attack that applies.")
@click.option("--mutants", is_flag=True, help="Try mutants of the canonical solution.")
@click.option("--reach", is_flag=True, help="Search the agent's sandbox for answers.")
@click.option("--admission", is_flag=True, help="All of it, twenty repeats; writes ADMISSION.json.")
@click.option("--sign-off", metavar="NAME", default="", help="Who signs ADMISSION.json.")
@click.option("--again", is_flag=True, help="Measure what did not change as well.")
@click.option("--sandbox", help="docker or local; docker where a daemon answers.")
@click.option(
    "--jobs",
    default=(os.cpu_count() or 1) + 1,
    show_default="one more than cores",
    type=click.IntRange(1),
    help="Trials side by side.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the grading data.")
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    type=click.Choice(["text", "json", "junit"]),
    help="How the result is printed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; the same as --format json.")
def check(
    names: tuple[str, ...],
    everything: bool,
    repeats: int | None,
    vary: bool | None,
    attacks: bool,
    mutants: bool,
    reach: bool,
    admission: bool,
    sign_off: str,
    again: bool,
    sandbox: str | None,
    jobs: int,
    seed: int,
    form: str,
    as_json: bool,
) -> int:
    """Prove that tasks are admissible; what did not change since an earlier check is not measured again.

    Always: pinned dependencies, canaries, near-duplicates, coverage of the instruction, leaks in the workspace, the
    ladder of reference solutions and its headroom. On request: repeats under other conditions, attacks, mutants, and
    a search of the agent's sandbox. An interrupted check goes on where it stopped.
    """
    registry = discover()
    if not names and not everything:
        raise UsageError("name a pack or a task, or say --all")
    tasks, broken = _select(registry, () if everything else names)
    scope = ADMISSION if admission else Scope(attacks=attacks, mutants=mutants, reach=reach)
    scope = replace(
        scope,
        repeats=scope.repeats if repeats is None else repeats,
        vary=scope.vary if vary is None else vary,
    )
    kind = default_sandbox(registry, sandbox)
    provider = registry.sandbox(kind)
    status = provider.probe()
    if not status.available:
        raise SandboxUnavailable(f"sandbox {kind}: {status.summary}; {status.fix}")
    provider.reap()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with CheckProgress() as progress:
        bench = Bench(
            adapters=registry.adapters,
            oracles=registry.oracles,
            attacks=registry.attacks,
            provider=provider,
            jobs=jobs,
            seed=seed,
            again=again,
            preparing=progress.preparing,
            planned=progress.planned,
            done=progress.finished,
        )
        try:
            reports = list(check_tasks(tasks, bench, scope, others=registry.tasks.values()))
        except KeyboardInterrupt:
            click.echo("Interrupted; the same command goes on where it stopped.", err=True)
            return 130
    _print(reports, broken, "json" if as_json else form, kind=kind, repeats=scope.repeats)
    if admission:
        for pack in registry.packs:
            mine = [report for report in reports if report.task in {t.id for t in pack.tasks}]
            if len(mine) == len(pack.tasks) and not any(report.problems for report in mine):
                facts = (
                    kind if kind == "docker" else f"{kind} ({status.facts.get('isolation', '?')})"
                )
                proof = certify(pack, mine, sandbox=facts, signed_off_by=sign_off)
                click.echo(f"written: {write_certificate(pack, proof)}", err=True)
    return 1 if broken or any(report.problems for report in reports) else 0


def _select(registry: Registry, wanted: tuple[str, ...]) -> tuple[list[Task], list[Broken]]:
    """Return the tasks of packs and tasks by name, and what of the wanted is broken."""
    broken = [b for b in registry.broken if not wanted or {b.name, b.distribution} & set(wanted)]
    if not wanted:
        return list(registry.tasks.values()), broken
    packs = {p.name for p in registry.packs} | {p.distribution for p in registry.packs}
    bad = {name for b in broken for name in (b.name, b.distribution)}
    tasks: dict[str, Task] = {}
    for name in wanted:
        if name not in bad or name in packs or name in registry.tasks:
            chosen = (
                select_tasks(registry, packs=[name])
                if name in packs
                else select_tasks(registry, tasks=[name])
            )
            tasks.update({task.id: task for task in chosen})
    return list(tasks.values()), broken


def _print(
    reports: list[TaskReport], broken: list[Broken], form: str, *, kind: str, repeats: int
) -> None:
    if form == "json":
        print_json(
            {
                "sandbox": kind,
                "repeats": repeats,
                "broken": [{"name": b.name, "reason": b.reason} for b in broken],
                "tasks": [as_dict(report) for report in reports],
            }
        )
    elif form == "junit":
        click.echo(as_junit(reports), nl=False)
    else:
        for report in reports:
            for line in as_text(report):
                click.echo(line)
    if form != "json":
        for item in broken:
            click.echo(f"{item.name}: BROKEN\n    {item.reason}", err=form == "junit")
