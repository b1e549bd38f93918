"""Sums of a trial's records: what is known, and whether that is all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from awb_core.gateway.protocols import METERED

TOKENS = ("input_tokens", "cached_read_tokens", "cache_write_tokens", "output_tokens")
"""Kinds of tokens that every sum has."""


def summarise(requests: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the sums of a trial's records.

    `cost_usd` is a decimal number as text, None if a request had no known price. A request that may have been charged
    and did not say its usage, because its answer was cut or never came, counts as `requests_without_usage`; then, and
    where an answer was cut that had said a part of it, tokens and cost are a lower bound. `model_wait_seconds` is the
    time in which at least one request was open, time for taking the answer left out.
    """
    records = tuple(requests)
    tokens = dict.fromkeys(TOKENS, 0)
    for record in records:
        for kind, count in (record["usage"] or {}).items():
            tokens[kind] = tokens.get(kind, 0) + count
    unpriced = [r for r in records if r["usage"] and not r["priced"]]
    silent = sum(_lacks_usage(record) for record in records)
    cost = sum((Decimal(r["cost_usd"] or 0) for r in records), Decimal(0))
    return {
        "requests": len(records),
        "failed": sum(bool(r["error"] or (r["status"] or 500) >= 400) for r in records),
        "denied": sum(r["denied"] is not None for r in records),
        "retries": sum(r["retry_of"] is not None for r in records),
        "tokens": tokens,
        "cost_usd": None if unpriced else str(cost),
        "unpriced_requests": len(unpriced),
        "requests_without_usage": silent,
        "is_lower_bound": bool(silent) or any(map(_is_cut_short, records)),
        "model_wait_seconds": round(_union(records), 3),
        "models": sorted({r["model_observed"] for r in records if r["model_observed"]}),
        "price_version": next((r["price_version"] for r in records if r["price_version"]), ""),
    }


def _lacks_usage(record: Mapping[str, Any]) -> bool:
    """Say whether a provider may have charged a request of which no usage is known."""
    asked = record["denied"] is None and record["operation"] in METERED
    return asked and not record["usage"] and record["cost_usd"] is None


def _is_cut_short(record: Mapping[str, Any]) -> bool:
    """Say whether an answer said a part of its usage and was cut before it said why it ended."""
    return bool(record["error"] and record["usage"] and not record["stop_reason"])


def _union(records: Iterable[Mapping[str, Any]]) -> float:
    """Return the seconds in which at least one request was open."""
    spans = sorted(
        (began, began + max(0.0, r["seconds"] - r["client_seconds"]))
        for r in records
        if r["denied"] is None
        for began in [datetime.fromisoformat(r["time"]).timestamp()]
    )
    total, reached = 0.0, float("-inf")
    for began, ended in spans:
        total += max(0.0, ended - max(began, reached))
        reached = max(reached, ended)
    return total
