"""Records of requests: what is in one, and how a log of them is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA = 1
UNKNOWN = "_unknown"
"""The log of requests that belong to no trial."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One request while it happens; its fields are those of the record."""

    schema: int = SCHEMA
    gateway: str = ""
    """The start of the gateway that served it."""
    run: str = ""
    workflow: str = ""
    trial: str = ""
    n: int = 0
    """Its number in the trial, from 1."""
    time: str = field(default_factory=lambda: timestamp())
    """When its head had arrived; UTC."""
    upstream: str = ""
    protocol: str = ""
    operation: str = ""
    """messages, chat, responses, generate, count or models; empty for a path that is not allowed."""
    method: str = ""
    path: str = ""
    """Path and query below the upstream, without keys."""
    stream: bool = False
    model_requested: str = ""
    model_observed: str = ""
    status: int | None = None
    """What the client was answered; None if it was not."""
    denied: str | None = None
    """Why it was not forwarded: trial, closed, token, upstream, path, upgrade, size, model, price, budget, key, log."""
    budget: str | None = None
    """Which budget was spent: trial, workflow or run."""
    error: str | None = None
    """cut_by_client, cut_by_upstream, unreachable, timeout, gateway_stopped; by the reader: gateway_died, open."""
    provider_error: str = ""
    """Kind and message of the provider's own error."""
    stop_reason: str = ""
    """Why the model stopped, in the provider's words."""
    usage: dict[str, int] | None = None
    """Tokens by kind; input includes cached, output includes reasoning."""
    raw_usage: dict[str, Any] | None = None
    cost_usd: str | None = None
    """None where it is not known."""
    priced: bool = False
    """Whether the cost is known."""
    price_model: str = ""
    price_version: str = ""
    ttfb_seconds: float | None = None
    """From forwarding to the first byte of the answer's body."""
    seconds: float = 0.0
    """From the head's arrival to the end."""
    client_seconds: float = 0.0
    """Of these, waiting for the client to take the answer."""
    request_bytes: int = 0
    """Of the body, as the client sent it."""
    response_bytes: int = 0
    body_digest: str = ""
    altered: tuple[str, ...] = ()
    """What was changed in the body on its way to the upstream."""
    tools_digest: str = ""
    system_digest: str = ""
    retry_of: int | None = None
    """The last failed request of the trial with the same body."""
    request_id: str = ""
    """The provider's name for it."""
    replay: str | None = None
    """replayed or diverged."""
    replay_of: int | None = None
    """The recorded request that answered it."""

    @property
    def failed(self) -> bool:
        """Whether it was answered with an error or not to its end."""
        return self.error is not None or self.status is None or self.status >= 400

    def record(self) -> dict[str, Any]:
        """Return it as it is written."""
        return {name: getattr(self, name) for name in FIELDS}


FIELDS = tuple(each.name for each in fields(Attempt))


def timestamp() -> str:
    """Return the time in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a log; one that a killed process left half written is passed over."""
    if not path.is_file():
        return
    with path.open("rb") as stream:
        for line in stream:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value


def merge(path: Path) -> tuple[dict[str, Any], ...]:
    """Return one record a request, by number; one that was only begun has the error `gateway_died`."""
    merged: dict[int, dict[str, Any]] = {}
    for line in read_lines(path):
        event = line.pop("event")
        if event == "begin":
            line["error"] = "gateway_died"
            merged.setdefault(line["n"], line)
        else:
            merged[line["n"]] = line
    return tuple(merged[number] for number in sorted(merged))
