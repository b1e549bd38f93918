"""Snippets: everybody uses them, editors write them."""

from __future__ import annotations

from urllib.parse import quote

from quire import forms
from quire.app import Context
from quire.http import Response, redirect
from quire.policy import is_editor
from quire.routing import Router
from quire.templates import area, field, fmt, form, link, listing

router = Router()


@router.route("GET", "/snippets", access="member")
def all_snippets(ctx: Context) -> Response:
    rows = ctx.wiki.snippets.all()
    entries = listing(link(f"/new?snippet={quote(row['name'])}", row["name"]) for row in rows)
    editor = ""
    if is_editor(ctx.user):
        editor = form("/snippets", ctx.session.csrf, field("Name", "name"), area("Text", "body"))
    return ctx.page("Snippets", entries, editor)


@router.route("POST", "/snippets", access="editor")
def save_snippet(ctx: Context) -> Response:
    name = forms.required(ctx.request, "name", limit=40)
    ctx.wiki.snippets.save(name, ctx.request.value("body"), ctx.user_id)
    ctx.note("snippet saved", name)
    return redirect("/snippets")


@router.route("POST", "/snippets/<name>/delete", access="editor")
def delete_snippet(ctx: Context, name: str) -> Response:
    ctx.wiki.snippets.get(name)
    ctx.wiki.snippets.remove(name)
    ctx.note("snippet removed", name)
    return redirect("/snippets")


@router.route("GET", "/snippets/<name>", access="member")
def show_snippet(ctx: Context, name: str) -> Response:
    row = ctx.wiki.snippets.get(name)
    return ctx.page(f"Snippet {name}", fmt("<pre>{}</pre>", row["body"]))
