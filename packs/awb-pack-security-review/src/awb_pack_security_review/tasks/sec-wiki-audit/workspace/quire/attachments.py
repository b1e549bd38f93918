"""Attachments: files that belong to a page, stored once by content."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from pathlib import Path

from quire.db import Database
from quire.errors import Invalid, NotFound, TooLarge
from quire.settings import Settings

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()-]{0,119}")
INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/zip",
}


class Attachments:
    """Names in the database, contents under `data/blobs`."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self._root = settings.data_dir / "blobs"
        self._root.mkdir(parents=True, exist_ok=True)

    def of(self, page_id: int) -> list[sqlite3.Row]:
        return self._db.all("SELECT * FROM attachments WHERE page_id = ? ORDER BY name", page_id)

    def get(self, page_id: int, name: str) -> sqlite3.Row:
        row = self._db.one("SELECT * FROM attachments WHERE page_id = ? AND name = ?", page_id, name)
        if not row:
            raise NotFound("there is no such attachment")
        return row

    def add(self, page_id: int, name: str, data: bytes, uploader_id: int) -> sqlite3.Row:
        """Store a file under a name, replacing an earlier one."""
        name = clean_name(name)
        if len(data) > self._settings.max_attachment_bytes:
            raise TooLarge("the file is too large")
        digest = hashlib.sha256(data).hexdigest()
        path = self.blob_path(digest)
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        self._db.run(
            "INSERT INTO attachments (page_id, name, content_type, size, digest, uploader_id, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (page_id, name) DO UPDATE SET"
            " content_type = excluded.content_type, size = excluded.size,"
            " digest = excluded.digest, uploader_id = excluded.uploader_id, at = excluded.at",
            page_id, name, sniff(data), len(data), digest, uploader_id, self._settings.now(),
        )
        return self.get(page_id, name)

    def remove(self, page_id: int, name: str) -> None:
        row = self.get(page_id, name)
        self._db.run("DELETE FROM attachments WHERE id = ?", row["id"])
        if not self._db.one("SELECT 1 FROM attachments WHERE digest = ?", row["digest"]):
            self.blob_path(row["digest"]).unlink(missing_ok=True)

    def read(self, row: sqlite3.Row) -> bytes:
        return self.blob_path(row["digest"]).read_bytes()

    def blob_path(self, digest: str) -> Path:
        """Where the content with this digest lies."""
        if not _DIGEST.fullmatch(digest):
            raise NotFound("there is no such content")
        return Path(f"{self._root}/{digest[:2]}/{digest}")


def clean_name(name: str) -> str:
    """The last part of what a browser sends as the name of a file.

    Raises:
        Invalid: nothing acceptable is left.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not _NAME.fullmatch(last) or ".." in last:
        raise Invalid("this file name cannot be used")
    return last


def sniff(data: bytes) -> str:
    """The type of a content, from the content alone."""
    for start, kind in _SIGNATURES.items():
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "application/octet-stream"
