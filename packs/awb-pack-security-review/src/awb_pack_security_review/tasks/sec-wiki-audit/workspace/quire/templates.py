"""HTML, escaped by default."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escape(value: Any) -> Markup:
    """Any value as HTML; Markup stays as it is."""
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(str(value), quote=True))


def fmt(pattern: str, /, *args: Any, **kwargs: Any) -> Markup:
    """Fill a literal pattern of our own; every value is escaped."""
    safe_args = [escape(value) for value in args]
    safe_kwargs = {name: escape(value) for name, value in kwargs.items()}
    return Markup(pattern.format(*safe_args, **safe_kwargs))


def join(parts: Iterable[Any], between: str = "") -> Markup:
    return Markup(between.join(escape(part) for part in parts))


def page_url(slug: str, *rest: str) -> str:
    return "/".join(["/page", quote(slug, safe=""), *(quote(part, safe="") for part in rest)])


def link(url: str, text: Any) -> Markup:
    """A link to a place of our own."""
    return fmt('<a href="{}">{}</a>', url, text)


def listing(items: Iterable[Any], kind: str = "ul") -> Markup:
    body = join(fmt("<li>{}</li>", item) for item in items)
    return fmt("<{kind}>{body}</{kind}>", kind=kind, body=body)


def table(head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Markup:
    top = join(fmt("<th>{}</th>", cell) for cell in head)
    body = join(fmt("<tr>{}</tr>", join(fmt("<td>{}</td>", cell) for cell in row)) for row in rows)
    return fmt("<table><tr>{}</tr>{}</table>", top, body)


def field(label: str, name: str, value: Any = "", *, kind: str = "text") -> Markup:
    return fmt(
        '<label>{}<input type="{}" name="{}" value="{}"></label>', label, kind, name, value
    )


def area(label: str, name: str, value: Any = "") -> Markup:
    return fmt('<label>{}<textarea name="{}">\n{}</textarea></label>', label, name, value)


def select(label: str, name: str, choices: Iterable[str], chosen: str = "") -> Markup:
    options = join(
        fmt('<option{}>{}</option>', Markup(" selected") if c == chosen else "", c) for c in choices
    )
    return fmt('<label>{}<select name="{}">{}</select></label>', label, name, options)


def form(action: str, csrf: str, *parts: Any, submit: str = "Save", files: bool = False) -> Markup:
    """A form that changes something; it carries the token of the session."""
    encoding = Markup(' enctype="multipart/form-data"') if files else ""
    return fmt(
        '<form method="post" action="{}"{}><input type="hidden" name="csrf_token" value="{}">'
        "{}<button>{}</button></form>",
        action, encoding, csrf, join(parts), submit,
    )


LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - {site}</title>
<link rel="stylesheet" href="/static/quire.css"></head>
<body><header><a href="/">{site}</a> {menu}</header>
<main><h1>{title}</h1>{flash}{body}</main></body></html>
"""


def layout(site: str, title: str, menu: Any, flash: str, body: Any) -> Markup:
    note = fmt('<p class="flash">{}</p>', flash) if flash else ""
    return fmt(LAYOUT, site=site, title=title, menu=menu, flash=note, body=body)
