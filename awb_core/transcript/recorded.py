"""Read the requests of a trial that a gateway kept, with their answers."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awb_core.gateway.protocols import METERED
from awb_core.gateway.records import merge

READ_BYTES = 64 << 20
"""Larger bodies are not read."""

_SPACE_AND_COMMAS = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """One request with its answer, as far as they can be read."""

    record: Mapping[str, Any]
    """The line of the log."""
    request: Mapping[str, Any]
    """Empty if it was not kept or is no JSON object."""
    answer: list[Any]
    """The object, or the events of the stream."""


def log_of(run: Path, session: str) -> tuple[dict[str, Any], ...]:
    """Return the records of a trial's requests that ask a model; `session` is TRIAL.ATTEMPT."""
    records = merge(run / "gateway" / "log" / f"{session}.jsonl")
    return tuple(record for record in records if record.get("operation") in METERED)


def request_row(record: Mapping[str, Any]) -> dict[str, str]:
    """Return what the log says of a request, for a table."""
    usage = record.get("usage") or {}
    cost = record.get("cost_usd")
    trouble = record.get("denied") or record.get("error") or record.get("provider_error") or ""
    return {
        "n": str(record["n"]),
        "time": str(record.get("time", ""))[11:19],
        "model": str(record.get("model_observed") or record.get("model_requested") or "-"),
        "status": str(record.get("status") or "-"),
        "in": str(usage.get("input_tokens", "-")),
        "cached": str(usage.get("cached_read_tokens", "-")),
        "out": str(usage.get("output_tokens", "-")),
        "usd": "-" if cost is None else f"{float(cost):.4f}",
        "seconds": f"{record.get('seconds') or 0:.1f}",
        "end": " ".join(str(trouble or record.get("stop_reason") or "-").split())[:60],
    }


def bodies_of(run: Path, session: str) -> Path | None:
    """Return the folder of a trial's requests; None if the run kept none."""
    folder = run / "gateway" / "bodies" / session
    return folder if next(folder.glob("*.request"), None) else None


def read_exchanges(run: Path, session: str) -> Iterator[Exchanged]:
    """Yield a trial's requests by number, one in memory at a time."""
    folder = run / "gateway" / "bodies" / session
    for record in log_of(run, session):
        base = folder / f"{record['n']:05d}"
        asked = values_of(_read(base.with_suffix(".request")))
        yield Exchanged(
            record=record,
            request=next((value for value in asked[:1] if isinstance(value, dict)), {}),
            answer=values_of(_read(base.with_suffix(".response"))),
        )


def values_of(data: bytes) -> list[Any]:
    """Return the JSON values of a body: one object, an array's elements or a stream's events; what is cut ends it."""
    text = data.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _parsed(text)
    if text.startswith("["):
        return _parsed(text[1:])
    return [value for event in _events(text) for value in _parsed(event)]


def _events(text: str) -> Iterator[str]:
    """Yield the data of server-sent events."""
    data: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []
    if data:
        yield "\n".join(data)


def _parsed(text: str) -> list[Any]:
    decoder, values = json.JSONDecoder(), []
    position = _skip(text, 0)
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        values.append(value)
        position = _skip(text, position)
    return values


def _skip(text: str, position: int) -> int:
    match = _SPACE_AND_COMMAS.match(text, position)
    return match.end() if match else position


def _read(path: Path) -> bytes:
    """Return a file's bytes, unpacked if they are packed; nothing if it is missing or too large."""
    try:
        with path.open("rb") as stream:
            data = stream.read(READ_BYTES + 1)
    except OSError:
        return b""
    if data[:2] == b"\x1f\x8b":
        try:
            data = zlib.decompressobj(31).decompress(data, READ_BYTES + 1)
        except zlib.error:
            return b""
    return data if len(data) <= READ_BYTES else b""
