"""The first half of a trial: a fresh sandbox, the workflow at work in it, and the workspace it leaves."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from awb_core.engine.model_use import compare_claims, ending
from awb_core.engine.services import Services
from awb_core.engine.verify import GRACE_SECONDS
from awb_core.errors import AwbError, SandboxFailed
from awb_core.model import Limits, Outcome, Task, Trial, Workflow
from awb_core.protocols import (
    Adapter,
    AgentSession,
    Command,
    GatewayAccess,
    ModelAdapter,
    Mount,
    Sandbox,
    SandboxSpec,
    Transcript,
)
from awb_core.redaction import redact
from awb_core.sandbox.archive import Refused
from awb_core.sandbox.workspace import copy_tree, solved_workspace, starting_workspace
from awb_core.scratch import scratch_folder
from awb_core.tree import digest_file, walk

if TYPE_CHECKING:
    from awb_core.gateway.client import Gateway
    from awb_core.gateway.package_client import Packages

BUDGET_GRACE_SECONDS = 15.0
"""How long a tool may take to end by itself once its budget is spent."""

BUNDLE = "/opt/awb-ca.pem"
"""Where the certificates of this host are seen inside by whoever reaches package indexes."""

BUNDLE_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


@dataclass(kw_only=True)
class AgentEnd:
    """What the agent phase came to."""

    outcome: Outcome = Outcome.FINISHED
    cause: str = ""
    note: str = ""
    transcript: Transcript = field(default_factory=Transcript)
    refused: tuple[tuple[str, str], ...] = ()
    unusable: bool = False
    """The workspace could not be collected for a reason that is the workflow's."""
    usage: dict[str, Any] | None = None
    """What the gateway measured; None for workflows without a model."""
    claims_differ: dict[str, float] = field(default_factory=dict)
    packages: list[dict[str, Any]] | None = None
    """What was asked of package indexes; None where none can be reached."""
    seconds: dict[str, float] = field(default_factory=dict)


def run_agent(
    trial: Trial, task: Task, services: Services, finished: Path, end: AgentEnd, name: str
) -> None:
    """Let the workflow work and collect what it leaves; `name` is the trial's at the gateway."""
    clock = _Clock(end.seconds)
    services.phase(trial, "prepare")
    workflow, adapter = trial.workflow, services.adapters[trial.workflow.adapter]
    start = starting_workspace(task)
    services.provider.prepare(task.environment, lambda _: None)
    gateway = services.gateway if isinstance(adapter, ModelAdapter) else None
    with (
        _open_packages(task, services, adapter) as packages,
        services.provider.open(_spec(trial, task, services, gateway, packages)) as sandbox,
    ):
        sandbox.put(start)
        lay_over(sandbox, workflow.overlay)
        clock.lap("prepare")
        services.phase(trial, "agent")
        session = AgentSession(
            brief=replace(task.brief, limits=limits_of(task, workflow)),
            workflow=replace(workflow, env={**workflow.env, **secret_values(workflow)}),
            sandbox=sandbox,
            start=start,
            gateway=_admit(gateway, trial, sandbox, name),
            solution=partial(solved_workspace, task) if adapter.privileged else None,
            task=task if adapter.privileged else None,
        )
        with _watched_budget(gateway, name, sandbox):
            end.transcript = _work(adapter, session)
        end.outcome, end.note = end.transcript.outcome, end.transcript.note
        clock.lap("agent")
        services.phase(trial, "collect")
        try:
            end.refused = sandbox.collect(finished, task.limits).refused
        except Refused as error:
            end.outcome, end.unusable = Outcome.AGENT_ERROR, True
            end.note = f"the workspace cannot be collected: {error}"
    end.packages = packages.asked if packages else None
    if not end.unusable:
        take_overlay_away(workflow.overlay, start, finished)
    if gateway is not None:
        _measure(gateway, name, end)
    _redact(
        end, [*secret_values(workflow).values(), session.gateway.token if session.gateway else ""]
    )
    clock.lap("collect")


def limits_of(task: Task, workflow: Workflow) -> Limits:
    """Return the task's limits, or the workflow's where they are tighter."""
    seconds = min(task.limits.agent_seconds, workflow.agent_seconds or float("inf"))
    return replace(task.limits, agent_seconds=seconds)


def secret_values(workflow: Workflow) -> dict[str, str]:
    """Return the values of the variables that a workflow names as secrets.

    Raises:
        SandboxFailed: one of them is not set on this host.
    """
    missing = [name for name in workflow.secrets if name not in os.environ]
    if missing:
        raise SandboxFailed(f"{workflow.name}: not set on this host: {', '.join(missing)}")
    return {name: os.environ[name] for name in workflow.secrets}


def lay_over(sandbox: Sandbox, overlay: Path | None) -> None:
    """Put the files of an overlay into the workspace and into HOME."""
    if overlay is None:
        return
    if (overlay / "workspace").is_dir():
        with scratch_folder("overlay") as scratch:
            copy_tree(overlay / "workspace", Path(scratch))
            sandbox.put(Path(scratch))
    if (overlay / "home").is_dir():
        with scratch_folder("overlay") as scratch:
            copy_tree(overlay / "home", Path(scratch, "overlay-home"))
            sandbox.put(Path(scratch), hidden=True)
        source = f"{sandbox.hidden}/overlay-home/."
        result = sandbox.run(Command(argv=["cp", "-R", source, sandbox.home]))
        if result.exit_code:
            words = result.stderr.decode(errors="replace")
            raise SandboxFailed(f"the overlay cannot be laid into HOME: {words}")


def take_overlay_away(overlay: Path | None, start: Path, finished: Path) -> None:
    """Undo the overlay where the workflow left it alone: it is the workflow's, not its work."""
    if overlay is None or not (overlay / "workspace").is_dir():
        return
    for name in walk(overlay / "workspace"):
        place = finished / name
        laid = overlay / "workspace" / name
        if not place.is_file() or digest_file(place) != digest_file(laid):
            continue
        place.unlink()
        if (start / name).is_file():
            place.write_bytes((start / name).read_bytes())


@contextmanager
def _open_packages(task: Task, services: Services, adapter: Adapter) -> Iterator[Packages | None]:
    """Open the way to package indexes; not for those who are handed the solution and install nothing."""
    if services.packages is None or task.limits.network != "packages" or adapter.privileged:
        yield None
        return
    from awb_core.gateway.package_client import open_packages

    with open_packages(services.packages.origins) as packages:
        yield packages


def _spec(
    trial: Trial,
    task: Task,
    services: Services,
    gateway: Gateway | None,
    packages: Packages | None,
) -> SandboxSpec:
    seconds = limits_of(task, trial.workflow).agent_seconds
    opened = task.limits.network == "open" and gateway is None
    mounts, env = services.mounts(trial.workflow), dict[str, str]()
    if packages and services.packages:
        env |= services.packages.variables
        if services.packages.bundle:
            mounts = (*mounts, Mount(source=services.packages.bundle, target=BUNDLE))
            env |= dict.fromkeys(BUNDLE_VARIABLES, BUNDLE)
    return SandboxSpec(
        run=services.run,
        trial=trial.id,
        phase="agent",
        environment=task.environment,
        limits=task.limits,
        seconds=seconds + GRACE_SECONDS,
        network="packages" if packages else "model" if gateway else "open" if opened else "none",
        gateway=gateway.socket if gateway else None,
        packages=packages.socket if packages else None,
        mounts=mounts,
        env=env,
    )


def _admit(
    gateway: Gateway | None, trial: Trial, sandbox: Sandbox, name: str
) -> GatewayAccess | None:
    if gateway is None:
        return None
    workflow = trial.workflow
    token = gateway.admit(
        name,
        workflow=workflow.identity,
        budget_usd=workflow.budget_usd,
        workflow_budget_usd=workflow.workflow_budget_usd,
    )
    return GatewayAccess(url=f"{sandbox.gateway_url}/t/{name}", token=token)


def _work(adapter: Adapter, session: AgentSession) -> Transcript:
    try:
        return adapter.run(session)
    except AwbError:
        raise
    except Exception as error:  # noqa: BLE001 - an adapter is third-party code
        return Transcript(outcome=Outcome.INFRA_ERROR, note=f"the adapter raised {error!r}")


@contextmanager
def _watched_budget(gateway: Gateway | None, name: str, sandbox: Sandbox) -> Iterator[None]:
    """Kill the workflow if it goes on for long after its budget was spent."""
    if gateway is None:
        yield
        return
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1.0):
            if any(request["denied"] == "budget" for request in gateway.requests(name)):
                if not over.wait(BUDGET_GRACE_SECONDS):
                    sandbox.kill()
                return

    watcher = threading.Thread(target=watch, name=f"budget-{name}")
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _measure(gateway: Gateway, name: str, end: AgentEnd) -> None:
    """Take the gateway's records of the trial, and correct the outcome by them."""
    from awb_core.gateway.summary import summarise

    gateway.settle(name)
    requests = gateway.requests(name)
    claims: Mapping[str, Any] = end.transcript.claims or {}
    end.usage = summarise(requests)
    end.claims_differ = compare_claims(end.usage, claims)
    if end.outcome.is_valid and not end.unusable:
        corrected = ending(end.outcome, requests, claims)
        end.outcome, end.cause = corrected.outcome, corrected.cause
        end.note = corrected.note or end.note


def _redact(end: AgentEnd, secrets: Iterable[str]) -> None:
    known = [secret for secret in secrets if secret]
    transcript = end.transcript
    claims = transcript.claims
    if claims is not None:
        claims = json.loads(redact(json.dumps(dict(claims), default=str).encode(), known))
    output = redact(transcript.output, known)
    end.transcript = replace(transcript, output=output, claims=claims)
    end.note = redact(end.note.encode(), known).decode(errors="replace")


class _Clock:
    """Takes the time of one part after another."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds, self._last = seconds, time.monotonic()

    def lap(self, part: str) -> None:
        """End a part."""
        now = time.monotonic()
        self._seconds[part] = round(now - self._last, 4)
        self._last = now
