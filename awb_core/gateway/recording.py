"""Keep requests and answers whole, and answer from what was kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from awb_core.gateway.records import Attempt

KEPT_HEADERS = frozenset(
    {"content-type", "content-encoding", "retry-after", "request-id", "x-request-id"}
)


class Recorder:
    """Writes one request with its answer: `N.request`, `N.response` and what stands around them in `N.json`."""

    def __init__(self, folder: Path, attempt: Attempt, body: bytes) -> None:
        place = folder / attempt.trial
        place.mkdir(parents=True, exist_ok=True)
        self._base = place / f"{attempt.n:05d}"
        self._attempt = attempt
        self._base.with_suffix(".request").write_bytes(body)
        self._stream: BinaryIO = self._base.with_suffix(".response").open("wb")
        self._head: dict[str, Any] = {}
        self._broken = False

    def answer(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the head of the answer."""
        kept = {k.lower(): v for k, v in headers.items() if k.lower() in KEPT_HEADERS}
        self._head = {
            "n": self._attempt.n,
            "method": self._attempt.method,
            "path": self._attempt.path,
            "upstream": self._attempt.upstream,
            "body_digest": self._attempt.body_digest,
            "status": status,
            "headers": kept,
            "complete": False,
            "error": None,
        }
        self._write_head()

    def feed(self, chunk: bytes) -> None:
        """Take a piece of the answer; where that fails, the recording is incomplete and the answer goes on."""
        try:
            self._stream.write(chunk)
        except OSError:
            self._broken = True

    def close(self, error: str | None) -> None:
        """End the recording, and say in it how the answer was cut, if it was."""
        try:
            self._stream.close()
        except OSError:
            self._broken = True
        if self._head:
            self._head |= {"complete": not self._broken, "error": error}
            self._write_head()

    def _write_head(self) -> None:
        text = json.dumps(self._head, sort_keys=True)
        try:
            self._base.with_suffix(".json").write_text(text, "utf-8")
        except OSError:
            self._broken = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An answer that was kept."""

    n: int
    status: int
    headers: Mapping[str, str]
    path: Path
    error: str | None
    """How the answer was cut, if it was."""
    same_request: bool
    """Whether the request is the recorded one byte for byte."""

    def chunks(self) -> Iterator[bytes]:
        """Yield the answer as it was recorded."""
        with self.path.open("rb") as stream:
            while chunk := stream.read(1 << 16):
                yield chunk


def find_recorded(folder: Path, attempt: Attempt, used: set[int]) -> Recorded | None:
    """Return the answer to a request: of the same one if it was recorded, else of the next one to the same path."""
    found = _heads(folder / attempt.trial)
    heads = [head for head in found if head["complete"] and head["n"] not in used]
    asked = (attempt.method, attempt.path, attempt.upstream)
    fitting = [h for h in heads if (h["method"], h["path"], h["upstream"]) == asked]
    same = [head for head in fitting if head["body_digest"] == attempt.body_digest]
    for head in (*same[:1], *fitting[:1]):
        return Recorded(
            n=head["n"],
            status=head["status"],
            headers=head["headers"],
            path=folder / attempt.trial / f"{head['n']:05d}.response",
            error=head["error"],
            same_request=bool(same),
        )
    return None


def _heads(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
