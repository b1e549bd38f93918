"""What a trial may do: written by the engine before its agent starts, read by the gateway at each request."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

TOKEN_CHARACTERS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The bounds of one trial."""

    workflow: str
    budget_usd: str | None = None
    """Most that the trial may spend; a decimal number."""
    workflow_budget_usd: str | None = None
    """Most that all trials of its workflow may spend together."""
    models: tuple[str, ...] = ()
    """Models it may ask for; all if empty."""
    closed: bool = False
    """Whether the trial is over."""

    def budgets(self, run: Decimal | None) -> dict[str, Decimal]:
        """Return the budgets there are, by the names of the ledger's accounts."""
        named = {"trial": self.budget_usd, "workflow": self.workflow_budget_usd}
        found = {name: Decimal(value) for name, value in named.items() if value is not None}
        return found if run is None else {**found, "run": run}


def token_of(secret: str, trial: str) -> str:
    """Return what the agent of a trial sends as its key."""
    made = hmac.new(secret.encode(), trial.encode(), hashlib.sha256).hexdigest()
    return made[:TOKEN_CHARACTERS]


def write_policy(folder: Path, trial: str, policy: Policy) -> None:
    """Write a trial's policy, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{trial}.json"
    temporary.write_text(json.dumps(asdict(policy), sort_keys=True), "utf-8")
    temporary.replace(folder / f"{trial}.json")


def read_policy(folder: Path, trial: str) -> Policy | None:
    """Return a trial's policy; None if there is none, and for names that are no trial's."""
    if not trial.replace(".", "").replace("-", "").replace("_", "").isalnum():
        return None
    try:
        values = json.loads((folder / f"{trial}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return Policy(**{**values, "models": tuple(values["models"])})
