"""What a gateway is told when it starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Protocol = Literal["anthropic", "openai", "gemini"]

KEY_PLACES: Mapping[Protocol, tuple[str, str]] = {
    "anthropic": ("x-api-key", ""),
    "openai": ("authorization", "Bearer "),
    "gemini": ("x-goog-api-key", ""),
}
"""The header that carries the key in each protocol, and what stands before the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A model provider, or anything that speaks the protocol of one."""

    name: str
    """The part of a URL that selects it: `/t/TRIAL/NAME/...`."""
    base_url: str
    """What the rest of the path is appended to; a path prefix is kept."""
    protocol: Protocol
    key_variable: str = ""
    """Environment variable of the host that holds the key; empty for an upstream without one."""
    key_header: str = ""
    """Header that carries the key; empty for the protocol's own."""
    key_prefix: str | None = None
    """What stands before the key in the header; None for the protocol's own."""


DEFAULT_UPSTREAMS = (
    Upstream(
        name="anthropic",
        base_url="https://api.anthropic.com",
        protocol="anthropic",
        key_variable="ANTHROPIC_API_KEY",
    ),
    Upstream(
        name="openai",
        base_url="https://api.openai.com",
        protocol="openai",
        key_variable="OPENAI_API_KEY",
    ),
    Upstream(
        name="gemini",
        base_url="https://generativelanguage.googleapis.com",
        protocol="gemini",
        key_variable="GEMINI_API_KEY",
    ),
)
"""The providers themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars for a million tokens of a model that the price list lacks or has wrong."""

    input_usd: Decimal
    """For input that is neither read from nor written to a cache."""
    output_usd: Decimal
    cached_read_usd: Decimal | None = None
    """None: as other input."""
    cache_write_usd: Decimal | None = None
    """None: as other input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a gateway behaves; the defaults are right but for tests and experiments."""

    connect_seconds: float = 10
    read_seconds: float = 600
    """An upstream that sends nothing for so long has failed."""
    body_bytes: int = 64 << 20
    """Larger request bodies are refused."""
    refuse_unpriced: bool = False
    """Refuse models without a price, whose cost no budget can bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All that the gateway's process is told, on its standard input and never on its command line."""

    folder: Path
    run: str
    instance: str
    """Which start of the process this is; in every record."""
    sockets: tuple[int, ...]
    """Inherited descriptors of listening sockets, which outlive the process."""
    secret: str = field(repr=False)
    """What trial tokens are derived from."""
    upstreams: tuple[Upstream, ...]
    keys: Mapping[str, str] = field(repr=False)
    """Keys by upstream."""
    budget_usd: Decimal | None = None
    record: bool = False
    replay: Path | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)


def dump(configuration: Configuration) -> bytes:
    """Return a configuration as one line of JSON."""
    value = {name: _plain(getattr(configuration, name)) for name in Configuration.__slots__}
    return json.dumps(value).encode() + b"\n"


def load(line: bytes) -> Configuration:
    """Read what `dump` wrote."""
    value = json.loads(line)
    return Configuration(
        **{
            **value,
            "folder": Path(value["folder"]),
            "sockets": tuple(value["sockets"]),
            "upstreams": tuple(Upstream(**each) for each in value["upstreams"]),
            "budget_usd": _decimal(value["budget_usd"]),
            "replay": Path(value["replay"]) if value["replay"] else None,
            "prices": {model: _price(price) for model, price in value["prices"].items()},
            "settings": Settings(**value["settings"]),
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Upstream | Price | Settings):
        return {name: _plain(getattr(value, name)) for name in type(value).__slots__}
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Path | Decimal):
        return str(value)
    return value


def _price(values: Mapping[str, str | None]) -> Price:
    return Price(
        input_usd=Decimal(values["input_usd"] or 0),
        output_usd=Decimal(values["output_usd"] or 0),
        cached_read_usd=_decimal(values["cached_read_usd"]),
        cache_write_usd=_decimal(values["cache_write_usd"]),
    )


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
