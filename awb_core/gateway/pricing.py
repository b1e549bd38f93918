"""Normalise and price the usage of one request; the price list is a pinned snapshot that is never updated in a run."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import Provider

from awb_core.gateway.config import Price, Protocol, Upstream

MILLION = 1_000_000
_PROVIDERS: Mapping[Protocol, str] = {
    "anthropic": "anthropic",
    "openai": "openai",
    "gemini": "google",
}
_SHAPES: Mapping[str, tuple[str, str, str, Mapping[str, int]]] = {
    "messages": ("anthropic", "default", "usage", {"input_tokens": 0, "output_tokens": 0}),
    "chat": ("openai", "chat", "usage", {"prompt_tokens": 0, "completion_tokens": 0}),
    "responses": ("openai", "responses", "usage", {"input_tokens": 0, "output_tokens": 0}),
    "generate": ("google", "default", "usageMetadata", {"promptTokenCount": 0}),
}
"""By operation: whose extractor reads the usage, its flavour, where it looks, and what must not be missing."""

_NAMES = {"cache_read_tokens": "cached_read_tokens", "output_reasoning_tokens": "reasoning_tokens"}
_ALWAYS = ("input_tokens", "cached_read_tokens", "cache_write_tokens", "output_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a request used and what that costs."""

    usage: Mapping[str, int] = field(default_factory=dict)
    """Tokens by kind; input includes what was read from and written to a cache, output includes reasoning."""
    cost_usd: Decimal | None = None
    """None where it is not known."""
    price_model: str = ""
    """The entry of the price list that was used."""


FREE = Cost(cost_usd=Decimal(0))
"""Of requests that no provider charges for."""


class PriceList:
    """Prices by upstream and model: the user's own first, then the snapshot."""

    def __init__(self, upstreams: Iterable[Upstream], prices: Mapping[str, Price]) -> None:
        self._prices = prices
        self._providers = {each.name: _provider_of(each) for each in upstreams}
        self.version = _snapshot_version()
        if prices:
            own = json.dumps({name: repr(price) for name, price in prices.items()}, sort_keys=True)
            self.version += f" own:{hashlib.sha256(own.encode()).hexdigest()[:16]}"

    def has(self, upstream: str, model: str) -> bool:
        """Say whether a model has a price."""
        return model in self._prices or self._find(upstream, model)

    def cost(
        self,
        *,
        upstream: str,
        operation: str,
        models: Iterable[str],
        raw_usage: Mapping[str, Any],
        context: Mapping[str, str],
        time: datetime,
    ) -> Cost:
        """Price a usage by the first of the models that has a price: the observed one, then the requested one."""
        usage = _extract(operation, raw_usage)
        if usage is None:
            return Cost()
        tokens = _tokens(usage)
        for model in filter(None, models):
            if model in self._prices:
                dollars = _own_cost(self._prices[model], tokens)
                return Cost(usage=tokens, cost_usd=dollars, price_model=model)
            if self._find(upstream, model):
                return self._listed(upstream, model, usage, tokens, context, time)
        return Cost(usage=tokens)

    def _find(self, upstream: str, model: str) -> bool:
        try:
            get_snapshot().find_provider_model(model, self._providers[upstream], None, None)
        except LookupError:
            return False
        return True

    def _listed(
        self,
        upstream: str,
        model: str,
        usage: Usage,
        tokens: Mapping[str, int],
        context: Mapping[str, str],
        time: datetime,
    ) -> Cost:
        provider, found = get_snapshot().find_provider_model(
            model, self._providers[upstream], None, None
        )
        try:
            price = found.calc_price(
                usage, provider, genai_request_timestamp=time, price_context=context
            )
        except ValueError:
            return Cost(usage=tokens)
        return Cost(usage=tokens, cost_usd=price.total_price, price_model=found.id)


def _provider_of(upstream: Upstream) -> Provider:
    """Return who sets an upstream's prices: the owner of its address, else of its protocol."""
    snapshot = get_snapshot()
    try:
        return snapshot.find_provider(None, None, upstream.base_url)
    except LookupError:
        return snapshot.find_provider(None, _PROVIDERS[upstream.protocol], None)


def _extract(operation: str, raw_usage: Mapping[str, Any]) -> Usage | None:
    provider_id, flavour, root, required = _SHAPES[operation]
    if not raw_usage:
        return None
    provider = get_snapshot().find_provider(None, provider_id, None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return provider.extract_usage({root: {**required, **raw_usage}}, api_flavor=flavour)[1]
    except (ValueError, TypeError):
        return None


def _tokens(usage: Usage) -> dict[str, int]:
    found = {_NAMES.get(name, name): int(value) for name, value in vars(usage).items()}
    return {**dict.fromkeys(_ALWAYS, 0), "reasoning_tokens": 0, **found}


def _own_cost(price: Price, tokens: Mapping[str, int]) -> Decimal:
    read, write = tokens["cached_read_tokens"], tokens["cache_write_tokens"]
    fresh = tokens["input_tokens"] - read - write
    read_usd = price.input_usd if price.cached_read_usd is None else price.cached_read_usd
    write_usd = price.input_usd if price.cache_write_usd is None else price.cache_write_usd
    total = fresh * price.input_usd + read * read_usd + write * write_usd
    return (total + tokens["output_tokens"] * price.output_usd) / MILLION


def _snapshot_version() -> str:
    spec = find_spec("genai_prices.data")
    data = Path(spec.origin).read_bytes() if spec and spec.origin else b""
    return f"genai-prices {version('genai-prices')} sha256:{hashlib.sha256(data).hexdigest()[:16]}"
