"""Import and export of many pages at once.

A bundle is a zip file:

    manifest.json                {"pages": [{"slug", "title", "visibility", "tags", "files"}]}
    pages/SLUG.txt               the text of a page
    files/SLUG/NAME              its attachments

Pages can also come as an XML file: <pages><page title="..." tags="...">text</page>...</pages>.
"""

from __future__ import annotations

import io
import json
import secrets
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from quire.attachments import Attachments
from quire.errors import Conflict, Invalid, TooLarge
from quire.pages import Pages
from quire.policy import VISIBILITIES
from quire.settings import Settings
from quire.text import parse_tags, slugify

MAX_XML_PAGES = 500


@dataclass
class Report:
    """What an import has done."""

    created: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    files: int = 0


class Archive:
    """Bundles of pages."""

    def __init__(self, settings: Settings, pages: Pages, attachments: Attachments) -> None:
        self._settings = settings
        self._pages = pages
        self._attachments = attachments

    def export(self, rows: Iterable[sqlite3.Row]) -> bytes:
        """The given pages, with their attachments, as a bundle."""
        out = io.BytesIO()
        entries = []
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
            for page in rows:
                files = self._attachments.of(page["id"])
                bundle.writestr(f"pages/{page['slug']}.txt", self._pages.text(page))
                for row in files:
                    bundle.writestr(
                        f"files/{page['slug']}/{row['name']}", self._attachments.read(row)
                    )
                entries.append(
                    {
                        "slug": page["slug"],
                        "title": page["title"],
                        "visibility": page["visibility"],
                        "tags": self._pages.tags(page),
                        "files": [row["name"] for row in files],
                    }
                )
            bundle.writestr("manifest.json", json.dumps({"pages": entries}, indent=1))
        return out.getvalue()

    def load(self, data: bytes, owner_id: int) -> Report:
        """Take over the pages of a bundle; pages that exist already are skipped.

        Raises:
            Invalid: the bundle is damaged.
            TooLarge: it holds too much.
        """
        if len(data) > self._settings.max_import_bytes:
            raise TooLarge("the bundle is too large")
        staging = self._settings.data_dir / f"import-{secrets.token_hex(8)}"
        staging.mkdir()
        try:
            self._unpack(data, staging)
            return self._take(staging, owner_id)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _unpack(self, data: bytes, staging: Path) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as bundle:
                members = bundle.infolist()
                if len(members) > self._settings.max_import_members:
                    raise TooLarge("the bundle has too many members")
                for member in members:
                    if member.is_dir():
                        continue
                    self._write(staging, member.filename, bundle.read(member))
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
            raise Invalid("the bundle is damaged") from None

    def _write(self, staging: Path, name: str, content: bytes) -> None:
        """Write a member below the staging folder."""
        if name.startswith(("/", "../")) or "\0" in name or len(name) > 300:
            raise Invalid("the bundle holds a file with an unusable name")
        target = staging / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def _take(self, staging: Path, owner_id: int) -> Report:
        report = Report()
        for entry in self._manifest(staging):
            slug = slugify(str(entry.get("slug", "")))
            title = str(entry.get("title", "")) or slug
            visibility = entry.get("visibility", "members")
            text = self._text(staging / "pages" / f"{slug}.txt")
            tags = parse_tags(" ".join(str(tag) for tag in entry.get("tags", [])))
            if visibility not in VISIBILITIES:
                raise Invalid("the manifest has an unknown visibility")
            try:
                page = self._pages.create(
                    title, text, owner_id, visibility=visibility, tags=tags, slug=slug,
                    comment="imported",
                )
            except Conflict:
                report.skipped.append(slug)
                continue
            report.created.append(slug)
            for name in entry.get("files", []):
                path = staging / "files" / slug / Path(str(name)).name
                if path.is_file():
                    self._attachments.add(page["id"], str(name), path.read_bytes(), owner_id)
                    report.files += 1
        return report

    def _manifest(self, staging: Path) -> list[dict[str, Any]]:
        try:
            manifest = json.loads((staging / "manifest.json").read_text(encoding="utf-8"))
            entries = manifest["pages"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            raise Invalid("the bundle has no usable manifest") from None
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise Invalid("the bundle has no usable manifest")
        for entry in entries:
            if not all(isinstance(entry.get(key, []), list) for key in ("tags", "files")):
                raise Invalid("the bundle has no usable manifest")
        return entries

    def _text(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError):
            raise Invalid("a page of the bundle is not UTF-8") from None

    def load_xml(self, data: bytes, owner_id: int) -> Report:
        """Take over the pages of an XML file."""
        report = Report()
        for title, tags, text in read_xml(data):
            try:
                page = self._pages.create(
                    title, text.strip("\n"), owner_id, tags=parse_tags(tags), comment="imported"
                )
                report.created.append(page["slug"])
            except Conflict:
                report.skipped.append(slugify(title))
        return report


def read_xml(data: bytes) -> list[tuple[str, str, str]]:
    """Title, tags and text of each page; document types and entities are refused.

    Raises:
        Invalid: the file is not of this kind.
    """
    pages: list[tuple[str, str, list[str]]] = []
    inside: list[bool] = [False]

    def refuse(*_: object) -> None:
        raise Invalid("the file declares a document type or entities")

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "page":
            if len(pages) >= MAX_XML_PAGES:
                raise TooLarge("the file holds too many pages")
            pages.append((attributes.get("title", ""), attributes.get("tags", ""), []))
        inside[0] = name == "page"

    def end(_: str) -> None:
        inside[0] = False

    def text(part: str) -> None:
        if inside[0]:
            pages[-1][2].append(part)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise Invalid("the file is not well-formed XML") from None
    return [(title, tags, "".join(parts)) for title, tags, parts in pages]
