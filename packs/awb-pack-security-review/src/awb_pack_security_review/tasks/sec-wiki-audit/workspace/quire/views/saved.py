"""Saved searches."""

from __future__ import annotations

from urllib.parse import urlencode

from quire import forms
from quire.app import Context
from quire.errors import Invalid, NotFound
from quire.http import Response, download, redirect
from quire.routing import Router
from quire.templates import field, fmt, form, link, listing

router = Router()


@router.route("GET", "/searches", access="member")
def saved(ctx: Context) -> Response:
    rows = ctx.wiki.searches.of(ctx.user_id)
    entries = listing(link(f"/searches/run?{urlencode({'name': r['name']})}", r["name"]) for r in rows)
    upload = form(
        "/searches/import", ctx.session.csrf, field("File", "file", kind="file"), files=True
    )
    return ctx.page("Saved searches", entries, fmt("<h2>Take over</h2>{}", upload))


@router.route("POST", "/searches", access="member")
def save(ctx: Context) -> Response:
    name = forms.required(ctx.request, "name", limit=60)
    value = ctx.request.value
    ctx.wiki.searches.save(ctx.user_id, name, value("query"), value("tags"), value("sort", "title"))
    return redirect("/searches")


@router.route("GET", "/searches/run", access="member")
def run(ctx: Context) -> Response:
    row = ctx.wiki.searches.get(ctx.user_id, ctx.request.value("name"))
    if not row:
        raise NotFound("there is no such saved search")
    return redirect("/search?" + urlencode({"q": row["query"], "tags": row["tags"], "sort": row["sort"]}))


@router.route("POST", "/searches/remove", access="member")
def remove(ctx: Context) -> Response:
    ctx.wiki.searches.remove(ctx.user_id, ctx.request.value("name"))
    return redirect("/searches")


@router.route("GET", "/searches/export", access="member")
def export(ctx: Context) -> Response:
    data = ctx.wiki.searches.dump(ctx.user_id).encode()
    return download(data, "searches.txt", "text/plain; charset=utf-8")


@router.route("POST", "/searches/import", access="member")
def take_over(ctx: Context) -> Response:
    file = ctx.request.files.get("file")
    if not file or len(file.data) > 200_000:
        raise Invalid("choose a file of saved searches")
    count = ctx.wiki.searches.restore(ctx.user_id, file.data.decode("utf-8", "replace"))
    ctx.flash(f"{count} searches were taken over.")
    return redirect("/searches")
