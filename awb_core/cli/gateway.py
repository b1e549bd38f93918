"""Start the gateway of a run whose workflows ask models."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from awb_core.engine.plan import Plan
from awb_core.errors import UsageError
from awb_core.manifest import read_toml
from awb_core.model import Workflow
from awb_core.protocols import Adapter, ModelAdapter
from awb_core.store import RunStore

if TYPE_CHECKING:
    from awb_core.gateway.client import Gateway
    from awb_core.gateway.config import Upstream


@contextmanager
def open_gateway(
    plan: Plan, store: RunStore, adapters: Mapping[str, Adapter]
) -> Iterator[Gateway | None]:
    """Run the gateway, as the run's lock says, for as long as the context lasts.

    It is None if no workflow of the plan asks a model.
    """
    asking = [w for w in plan.workflows if isinstance(adapters[w.adapter], ModelAdapter)]
    if not asking:
        yield None
        return
    from awb_core.gateway.client import Gateway
    from awb_core.gateway.config import Price

    lock = store.lock
    budget, prices = lock.get("budget_usd"), lock.get("prices", {})
    with Gateway(
        store.root / "gateway",
        upstreams=upstreams_of(asking),
        run=store.root.name,
        secret=secrets.token_hex(32),
        budget_usd=None if budget is None else Decimal(str(budget)),
        record=lock.get("record_requests", False),
        replay=Path(lock["replay"]) if lock.get("replay") else None,
        prices={model: Price(**_decimals(price)) for model, price in prices.items()},
    ) as gateway:
        yield gateway


def read_prices(path: Path) -> dict[str, dict[str, float]]:
    """Return the prices of a file: US dollars for a million tokens, by model and kind.

    Raises:
        ManifestError: the file is wrong.
    """
    prices: dict[str, dict[str, float]] = read_toml(path, "prices")["models"]
    return prices


def _decimals(price: Mapping[str, float]) -> dict[str, Decimal]:
    return {kind: Decimal(str(dollars)) for kind, dollars in price.items()}


def upstreams_of(workflows: Iterable[Workflow]) -> tuple[Upstream, ...]:
    """Return the providers, or what stands in for them.

    Raises:
        UsageError: two workflows of one run send the same provider's requests to different places.
    """
    from awb_core.gateway.config import DEFAULT_UPSTREAMS, Upstream

    chosen = {upstream.name: upstream for upstream in DEFAULT_UPSTREAMS}
    named: dict[str, str] = {}
    for workflow in workflows:
        for name, values in workflow.upstreams.items():
            default = chosen[name]
            made = Upstream(
                name=name,
                base_url=values["base_url"].rstrip("/"),
                protocol=default.protocol,
                key_variable=values.get("key_variable", default.key_variable),
            )
            if name in named and made != default:
                message = (
                    f"{named[name]} and {workflow.name} send requests for {name} to different"
                    " places; one run has one: start a run for each"
                )
                raise UsageError(message)
            chosen[name], named[name] = made, workflow.name
    return tuple(chosen.values())


def require_keys(workflows: Iterable[Workflow], adapters: Mapping[str, Adapter]) -> None:
    """Refuse workflows whose provider's key is not on this host.

    Raises:
        UsageError: a variable is not set.
    """
    for workflow in workflows:
        words = _missing_key(workflow, adapters[workflow.adapter])
        if words:
            raise UsageError(words)


def missing_of(workflows: Iterable[Workflow], adapters: Mapping[str, Adapter]) -> list[str]:
    """Return what this host lacks to run the workflows: keys, and what installs their tools."""
    missing: list[str] = []
    for workflow in workflows:
        adapter = adapters[workflow.adapter]
        if isinstance(adapter, ModelAdapter):
            key, state = _missing_key(workflow, adapter), adapter.state()
            missing += [key] if key else []
            missing += [f"{workflow.name}: {state.fix}"] if state.fix else []
    return missing


def _missing_key(workflow: Workflow, adapter: Adapter) -> str:
    """Say which variable is not set; empty if none is needed or missing."""
    from awb_core.gateway.config import DEFAULT_UPSTREAMS

    if not isinstance(adapter, ModelAdapter):
        return ""
    usual = {upstream.name: upstream.key_variable for upstream in DEFAULT_UPSTREAMS}
    name = adapter.upstream(workflow)
    variable = workflow.upstreams.get(name, {}).get("key_variable", usual.get(name, ""))
    if not variable or os.environ.get(variable):
        return ""
    return (
        f"{workflow.name} needs the key of {name}: export {variable}=...; it stays on this host,"
        " the tool never sees it"
    )
