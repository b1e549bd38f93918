"""Run a plan from the command line: progress, signals, the end."""

from __future__ import annotations

import platform
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from awb_core.cli.common import print_json
from awb_core.cli.gateway import open_gateway
from awb_core.cli.progress import RunProgress
from awb_core.engine.plan import Plan, lock_of, make_plan
from awb_core.engine.run import Engine
from awb_core.errors import SandboxUnavailable, UsageError
from awb_core.model import Outcome, Task, Workflow
from awb_core.registry import Registry
from awb_core.store import RunStore

RUNS = Path("awb-runs")
HARMLESS = frozenset({"noop", "reference"})
"""Adapters that run nothing of a third party, so that no isolation is needed."""


def new_run_folder() -> Path:
    """Return the folder of a new run, named by the time."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder = RUNS / stamp
    for number in range(2, 1000):
        if not folder.exists():
            break
        folder = RUNS / f"{stamp}-{number}"
    return folder


def resolve_run(name: str) -> Path:
    """Return the folder of a run: a path, a name in `awb-runs`, or `latest`.

    Raises:
        UsageError: there is no such run.
    """
    if name == "latest":
        # Runs have names of all kinds; this file is written once, when a run begins.
        found = max(RUNS.glob("*/run.json"), key=lambda file: file.stat().st_mtime_ns, default=None)
        if found is None:
            raise UsageError(f"there is no run in {RUNS}/ yet; start one with `awb run`")
        return found.parent
    for candidate in (Path(name), RUNS / name):
        if (candidate / "run.json").is_file():
            return candidate
    raise UsageError(f"{name}: no such run; give its folder, or `latest`")


def recording_of(name: str) -> Path:
    """Return the folder of a run's recorded requests.

    Raises:
        UsageError: there is no such run, or it kept none.
    """
    folder = resolve_run(name) / "gateway"
    if not (folder / "bodies").is_dir():
        raise UsageError(f"{name} kept no requests: make the run with --record-requests")
    return folder.resolve()


def require_sandbox(
    registry: Registry, name: str, workflows: Iterable[Workflow], *, unsafe: bool
) -> None:
    """Refuse a sandbox that does not work, or that does not isolate what needs it.

    Raises:
        SandboxUnavailable: it does not work here.
        UsageError: it isolates nothing, and a workflow runs code of a third party.
    """
    status = registry.sandbox(name).probe()
    if not status.available:
        raise SandboxUnavailable(f"sandbox {name}: {status.summary}; {status.fix}")
    risky = [w.name for w in workflows if w.adapter not in HARMLESS]
    if risky and not status.protections.get("files of the host hidden") and not unsafe:
        message = (
            f"the sandbox {name} ({status.summary}) does not isolate {', '.join(risky)} from this"
            f" host: {status.fix}, or use --sandbox docker, or say --unsafe-local"
        )
        raise UsageError(message)


def host_facts(registry: Registry, sandbox: str) -> dict[str, Any]:
    """Return what the lock says of this host."""
    status = registry.sandbox(sandbox).probe()
    return {
        "awb-core": version("awb-core"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "sandbox": dict(status.facts),
    }


def execute(registry: Registry, plan: Plan, store: RunStore, *, jobs: int, executor: str) -> int:
    """Run a plan to its end or an interrupt and return the exit code."""
    done = len(store.committed())
    with (
        open_gateway(plan, store, registry.adapters) as gateway,
        RunProgress(len(plan.trials), done) as progress,
    ):
        engine = Engine(
            adapters=registry.adapters,
            oracles=registry.oracles,
            provider=registry.sandbox(plan.sandbox),
            executor=registry.executor(executor),
            jobs=jobs,
            listener=progress,
            gateway=gateway,
        )
        with _interrupts(engine.interrupt):
            engine.run(plan, store)
    if engine.stopped.is_set():
        left = len(plan.trials) - len(store.committed())
        click.echo(f"Interrupted, {left} trials left: awb resume {store.root}", err=True)
        return 130
    outcomes = Counter(record["outcome"] for record in store.records())
    invalid = sum(n for outcome, n in outcomes.items() if not Outcome(outcome).is_valid)
    if invalid:
        click.echo(f"{invalid} trials are invalid; see `awb status {store.root}`", err=True)
    return 1 if invalid else 0


def start(
    registry: Registry,
    tasks: Iterable[Task],
    workflows: Iterable[Workflow],
    *,
    sandbox: str,
    repeats: int,
    seed: int,
    out: Path,
    budget_usd: float | None = None,
    record_requests: bool = False,
    replay: Path | None = None,
    prices: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[Plan, RunStore]:
    """Make the plan and the folder of a new run."""
    plan = make_plan(tasks, workflows, sandbox=sandbox, repeats=repeats, seed=seed)
    packs = {pack.name: f"{pack.distribution} {pack.version}" for pack in registry.packs}
    used = {task.pack for task in plan.tasks.values()}
    lock = lock_of(
        plan,
        host=host_facts(registry, sandbox),
        packs={name: value for name, value in packs.items() if name in used},
    )
    lock |= {"budget_usd": budget_usd, "record_requests": record_requests}
    lock["replay"] = str(replay) if replay else ""
    lock["prices"] = dict(prices or {})
    lock["started"] = datetime.now(UTC).isoformat(timespec="seconds")
    return plan, RunStore.create(out, lock)


def print_run(store: RunStore, *, as_json: bool) -> None:
    """Print the trials as JSON, or where the run is."""
    if as_json:
        print_json({"run": str(store.root), "trials": list(store.records())})
    else:
        click.echo(f"Run: {store.root}", err=True)


@contextmanager
def _interrupts(action: Callable[[], None]) -> Iterator[None]:
    """Call `action` on Ctrl-C and SIGTERM; a second Ctrl-C ends at once."""

    def handle(_number: int, _frame: object) -> None:
        for number in before:
            signal.signal(number, signal.default_int_handler)
        print("\nstopping, finished trials are kept ...", file=sys.stderr, flush=True)
        action()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
