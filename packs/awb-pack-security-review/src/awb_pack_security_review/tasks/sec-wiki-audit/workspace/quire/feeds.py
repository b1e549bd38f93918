"""The Atom feed of recent changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from quire.templates import page_url
from quire.text import iso


def atom(site: str, base_url: str, rows: Iterable[sqlite3.Row]) -> str:
    """A feed of pages, newest first."""
    entries = list(rows)
    updated = iso(entries[0]["updated"]) if entries else "1970-01-01T00:00:00Z"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape(site)}</title>",
        f"<id>{escape(base_url)}/</id>",
        f"<updated>{updated}</updated>",
    ]
    for row in entries:
        url = base_url + page_url(row["slug"])
        lines += [
            "<entry>",
            f"<title>{escape(row['title'])}</title>",
            f"<id>{escape(url)}</id>",
            f"<link href={quoteattr(url)}/>",
            f"<updated>{iso(row['updated'])}</updated>",
            "</entry>",
        ]
    lines.append("</feed>")
    return "\n".join(lines) + "\n"
