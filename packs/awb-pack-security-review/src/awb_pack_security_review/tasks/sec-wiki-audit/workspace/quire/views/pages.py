"""Single pages: show, create, edit, rename, share, delete."""

from __future__ import annotations

import sqlite3
from typing import Any

from quire import forms
from quire.app import Context
from quire.cache import etag
from quire.errors import Invalid, NotFound
from quire.http import Response, redirect
from quire.markup import Context as MarkupContext
from quire.markup import render
from quire.policy import VISIBILITIES, is_admin
from quire.routing import Router
from quire.templates import Markup, area, field, fmt, form, join, link, listing, page_url, select
from quire.text import parse_tags, slugify

router = Router()


def rendered(ctx: Context, page: sqlite3.Row, text: str) -> Markup:
    """The HTML of a text as part of a page, for the current user."""

    def recent(arguments: list[Any]) -> Markup:
        limit = int(arguments[0]) if arguments else 5
        rows = ctx.wiki.pages.listing(ctx.user, order="recent", limit=max(1, min(50, limit)))
        return listing(link(page_url(row["slug"]), row["title"]) for row in rows)

    def tagged(arguments: list[Any]) -> Markup:
        tag, limit = str(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 20
        rows = ctx.wiki.pages.listing(ctx.user, tag=tag, limit=max(1, min(50, limit)))
        return listing(link(page_url(row["slug"]), row["title"]) for row in rows)

    def toc(arguments: list[Any]) -> Markup:
        titles = [line.strip("= ") for line in text.split("\n") if line.startswith("=")]
        return listing(link(f"#{slugify(title)}", title) for title in titles[:100])

    macros = {"recent": recent, "tagged": tagged, "toc": toc}
    
    def exists(slug: str) -> bool:
        return bool(ctx.wiki.pages.by_slugs(ctx.user, [slug]))

    return render(text, MarkupContext(page["slug"], exists, macros))


def cached(ctx: Context, page: sqlite3.Row) -> Markup:
    """The HTML of the current text; kept when it is the same for everybody."""
    text = ctx.wiki.pages.text(page)
    if "{{" in text or "[[" in text:
        return rendered(ctx, page, text)
    key = f"page:{page['id']}:{page['current']}:{page['slug']}"
    kept = ctx.wiki.cache.get(key)
    if kept is None:
        kept = str(rendered(ctx, page, text))
        ctx.wiki.cache.put(key, kept)
    return Markup(kept)


def notify(ctx: Context, event: str, page: sqlite3.Row) -> None:
    """Fire webhooks of those who may read the page."""
    readers = {
        user["id"]
        for user in ctx.wiki.accounts.everyone()
        if user["active"] and ctx.wiki.policy.can_read(user, page)
    }
    ctx.wiki.webhooks.fire(event, page, readers)


@router.route("GET", "/page/<slug>")
def show(ctx: Context, slug: str) -> Response:
    page = ctx.readable(slug)
    if page["moved_to"]:
        return redirect(page_url(page["moved_to"]), 301)
    ctx.wiki.pages.count_view(page)
    tags = join((link(f"/tag/{tag}", tag) for tag in ctx.wiki.pages.tags(page)), ", ")
    files = listing(
        link(page_url(slug, "file", row["name"]), row["name"])
        for row in ctx.wiki.attachments.of(page["id"])
    )
    response = ctx.page(
        page["title"],
        fmt("<article>{}</article><p>Tags: {}</p>{}", cached(ctx, page), tags, files),
        fmt("<p>{} {}</p>", link(page_url(slug, "edit"), "Edit"), link(page_url(slug, "history"), "History")),
    )
    response.headers["ETag"] = etag(page["id"], page["current"], page["title"], ctx.actor)
    return response


@router.route("GET", "/page/<slug>/raw")
def raw(ctx: Context, slug: str) -> Response:
    page = ctx.readable(slug)
    return Response(ctx.wiki.pages.text(page), content_type="text/plain; charset=utf-8")


@router.route("GET", "/page/<slug>/links")
def links(ctx: Context, slug: str) -> Response:
    page = ctx.readable(slug)
    rows = ctx.wiki.pages.backlinks(ctx.user, page)
    return ctx.page("Links here", listing(link(page_url(r["slug"]), r["title"]) for r in rows))


@router.route("GET", "/new", access="member")
def new_form(ctx: Context) -> Response:
    title = ctx.request.value("title")[:200]
    snippet = ctx.request.value("snippet")
    assert ctx.user is not None
    text = ctx.wiki.snippets.expand(snippet, ctx.user, title) if snippet else ""
    return ctx.page("New page", _editor("/new", ctx, title, text, "", "members"))


def _editor(action: str, ctx: Context, title: str, text: str, tags: str, visibility: str) -> Markup:
    return form(
        action,
        ctx.session.csrf,
        field("Title", "title", title),
        area("Text", "text", text),
        field("Tags", "tags", tags),
        select("Visible to", "visibility", VISIBILITIES, visibility),
        field("Comment", "comment"),
    )


@router.route("POST", "/new", access="member")
def create(ctx: Context) -> Response:
    page = ctx.wiki.pages.create(
        forms.required(ctx.request, "title"),
        ctx.request.value("text"),
        ctx.user_id,
        visibility=ctx.request.value("visibility", "members"),
        tags=parse_tags(ctx.request.value("tags")),
        comment=ctx.request.value("comment"),
    )
    ctx.note("page created", page["slug"])
    notify(ctx, "page.created", page)
    return redirect(page_url(page["slug"]))


@router.route("GET", "/page/<slug>/edit", access="member")
def edit_form(ctx: Context, slug: str) -> Response:
    page = ctx.editable(slug)
    body = form(
        page_url(slug, "edit"),
        ctx.session.csrf,
        area("Text", "text", ctx.wiki.pages.text(page)),
        field("Tags", "tags", " ".join(ctx.wiki.pages.tags(page))),
        field("Comment", "comment"),
        field("", "base", page["current"], kind="hidden"),
    )
    return ctx.page(f"Edit {page['title']}", body)


@router.route("POST", "/page/<slug>/edit", access="member")
def edit(ctx: Context, slug: str) -> Response:
    page = ctx.editable(slug)
    base = ctx.request.integer("base", 0, low=0, high=1 << 40)
    page = ctx.wiki.pages.edit(
        page,
        ctx.user_id,
        ctx.request.value("text"),
        comment=ctx.request.value("comment"),
        tags=parse_tags(ctx.request.value("tags")),
        base=base or None,
    )
    ctx.note("page edited", slug)
    notify(ctx, "page.edited", page)
    return redirect(page_url(slug))


@router.route("POST", "/page/<slug>/preview", access="member")
def preview(ctx: Context, slug: str) -> Response:
    page = ctx.editable(slug)
    text = ctx.request.value("text")
    if len(text) > ctx.wiki.settings.max_page_chars:
        raise Invalid("the page is too long")
    return ctx.page(f"Preview of {page['title']}", rendered(ctx, page, text))


@router.route("POST", "/page/<slug>/rename", access="member")
def rename(ctx: Context, slug: str) -> Response:
    page = ctx.wiki.pages.rename(ctx.manageable(slug), forms.required(ctx.request, "title"))
    ctx.note("page renamed", f"{slug} to {page['slug']}")
    return redirect(page_url(page["slug"]))


@router.route("POST", "/page/<slug>/share", access="member")
def share(ctx: Context, slug: str) -> Response:
    page = ctx.manageable(slug)
    readers = []
    for name in ctx.request.value("readers").replace(",", " ").split():
        user = ctx.wiki.accounts.by_name(name)
        if not user:
            raise NotFound(f"there is no user {name}")
        readers.append(user["id"])
    visibility = forms.choice(ctx.request.value("visibility"), VISIBILITIES, "visibility")
    ctx.wiki.pages.set_visibility(page, visibility, readers)
    ctx.note("page shared", f"{slug}: {visibility}")
    return redirect(page_url(slug))


@router.route("POST", "/page/<slug>/delete", access="member")
def delete(ctx: Context, slug: str) -> Response:
    page = ctx.manageable(slug)
    notify(ctx, "page.deleted", page)
    ctx.wiki.pages.delete(page)
    ctx.note("page deleted", slug)
    ctx.flash(f"{page['title']} was deleted." + (" (as administrator)" if is_admin(ctx.user) else ""))
    return redirect("/pages")
