"""What an adapter's parser makes of reports that are none."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from awb_core.testing.adapter_behaviours import Observation
from awb_core.testing.adapter_bench import AdapterBench

ROUNDS = 300
ODD: tuple[Any, ...] = (
    *(None, True, [], {}, 0, -1, 1 << 80, 1e308, "", "x", [[]], [{}], {"type": []}),
    {"type": {"a": 1}, "usage": "none", "item": 7, "message": [None], "error": [1]},
)
"""JSON values of kinds that nobody expects."""


def parses_anything(bench: AdapterBench) -> Observation:
    """Its parser raises on nothing: random bytes, damaged reports, JSON of the wrong kinds."""
    spec = getattr(bench.adapter, "spec", None)
    parse = getattr(spec, "parse", None)
    if parse is None:
        return Observation(holds=True, observed=False, detail="the adapter has no spec.parse")
    names = [pattern.replace("*", "x") for pattern in getattr(spec, "collect", ())]
    reports = tuple(_reports(bench.ordinary.end.transcript.output))
    for data in reports:
        for output, files in ((data, {}), (b"", dict.fromkeys(names, data))):
            try:
                parse(output, files)
            except Exception as error:  # noqa: BLE001 - the parser is third-party code
                where = "standard output" if output else "its files"
                words = f"{error!r} on {where} of {data[:120]!r}"
                return Observation(holds=False, detail=words)
    return Observation(holds=True, detail=f"{len(reports)} reports")


def _reports(real: bytes) -> Iterator[bytes]:
    """Yield what may come instead of a report, and damaged copies of a real one; always the same."""
    draw = random.Random(0)
    real = real[: 64 << 10]
    yield b""
    for value in ODD:
        yield json.dumps(value).encode()
        yield b"\n".join(_replaced(line, value, draw) for line in real.splitlines()[:40])
    yield b"[" * 100_000
    for _ in range(ROUNDS):
        yield draw.randbytes(draw.randrange(1, 400))
        at = draw.randrange(len(real) + 1)
        yield real[:at]
        yield real[:at] + draw.randbytes(8) + real[at + 8 :]


def _replaced(line: bytes, value: object, draw: random.Random) -> bytes:
    """Put a value in the place of one of a JSON object's own."""
    try:
        found = json.loads(line)
    except ValueError:
        return line
    if not isinstance(found, dict) or not found:
        return line
    place, inside = found, draw.choice(sorted(found))
    while isinstance(place[inside], dict) and place[inside] and draw.random() < 0.7:
        place = place[inside]
        inside = draw.choice(sorted(place))
    place[inside] = value
    return json.dumps(found).encode()
