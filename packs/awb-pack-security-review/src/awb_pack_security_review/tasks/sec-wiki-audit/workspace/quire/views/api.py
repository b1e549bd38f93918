"""The JSON API, for programs with a token."""

from __future__ import annotations

import sqlite3
from typing import Any

from quire.app import Context
from quire.errors import Invalid
from quire.http import Response, json_response
from quire.routing import Router
from quire.text import TAG, iso
from quire.views.pages import notify

router = Router()


def _summary(page: sqlite3.Row) -> dict[str, Any]:
    return {
        "slug": page["slug"],
        "title": page["title"],
        "visibility": page["visibility"],
        "updated": iso(page["updated"]),
    }


def _object(ctx: Context) -> dict[str, Any]:
    value = ctx.request.json
    if not isinstance(value, dict):
        raise Invalid("an object is expected")
    return value


def _text(value: dict[str, Any], name: str, default: str = "") -> str:
    text = value.get(name, default)
    if not isinstance(text, str):
        raise Invalid(f"{name} is not a text")
    return text


def _tags(value: dict[str, Any]) -> list[str]:
    tags = value.get("tags", [])
    if not isinstance(tags, list) or any(not isinstance(t, str) or not TAG.fullmatch(t) for t in tags):
        raise Invalid("tags is not a list of tags")
    return tags


@router.route("GET", "/api/me", scope="read")
def me(ctx: Context) -> Response:
    assert ctx.user is not None
    return json_response({key: ctx.user[key] for key in ("name", "display_name", "role")})


@router.route("GET", "/api/pages", scope="read")
def pages(ctx: Context) -> Response:
    limit = ctx.request.integer("limit", 50, low=1, high=200)
    offset = ctx.request.integer("offset", 0, low=0, high=1_000_000)
    rows = ctx.wiki.pages.listing(
        ctx.user, order=ctx.request.value("order"), tag=ctx.request.value("tag"), limit=limit, offset=offset
    )
    return json_response([_summary(row) for row in rows])


@router.route("POST", "/api/pages", scope="write")
def create(ctx: Context) -> Response:
    value = _object(ctx)
    page = ctx.wiki.pages.create(
        _text(value, "title"),
        _text(value, "text"),
        ctx.user_id,
        visibility=_text(value, "visibility", "members"),
        tags=_tags(value),
        comment=_text(value, "comment"),
    )
    ctx.note("page created", page["slug"])
    notify(ctx, "page.created", page)
    return json_response(_summary(page), 201)


@router.route("GET", "/api/pages/<slug>", scope="read")
def page(ctx: Context, slug: str) -> Response:
    row = ctx.readable(slug)
    return json_response(
        {**_summary(row), "text": ctx.wiki.pages.text(row), "tags": ctx.wiki.pages.tags(row)}
    )


@router.route("PUT", "/api/pages/<slug>", scope="write")
def update(ctx: Context, slug: str) -> Response:
    row = ctx.editable(slug)
    value = _object(ctx)
    tags = _tags(value) if "tags" in value else None
    row = ctx.wiki.pages.edit(
        row, ctx.user_id, _text(value, "text"), comment=_text(value, "comment"), tags=tags
    )
    ctx.note("page edited", slug)
    notify(ctx, "page.edited", row)
    return json_response(_summary(row))


@router.route("DELETE", "/api/pages/<slug>", scope="write")
def delete(ctx: Context, slug: str) -> Response:
    row = ctx.manageable(slug)
    notify(ctx, "page.deleted", row)
    ctx.wiki.pages.delete(row)
    ctx.note("page deleted", slug)
    return json_response({"deleted": slug})


@router.route("GET", "/api/search", scope="read")
def search(ctx: Context) -> Response:
    hits = ctx.wiki.search.find(
        ctx.user,
        ctx.request.value("q")[:400],
        author=ctx.request.value("author"),
        sort=ctx.request.value("sort", "title"),
        limit=ctx.request.integer("limit", 50, low=1, high=200),
    )
    return json_response([_summary(hit.page) for hit in hits])
