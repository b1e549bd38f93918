"""Outgoing mail: a folder that the local mail agent empties."""

from __future__ import annotations

import json
import uuid
from pathlib import Path


class Outbox:
    """Messages that wait in `data/outbox`, one JSON file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, to: str, subject: str, body: str) -> None:
        message = {"to": to, "subject": " ".join(subject.split()), "body": body}
        number = len(list(self._folder.iterdir()))
        path = self._folder / f"{number:06}-{uuid.uuid4().hex}.json"
        path.write_text(json.dumps(message), encoding="utf-8")

    def waiting(self) -> list[dict[str, str]]:
        files = sorted(self._folder.glob("*.json"))
        return [json.loads(path.read_text(encoding="utf-8")) for path in files]
