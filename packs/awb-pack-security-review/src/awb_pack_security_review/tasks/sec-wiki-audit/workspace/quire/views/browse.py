"""Lists: start page, all pages, tags, search, feed."""

from __future__ import annotations

import random

from quire.app import Context
from quire.cache import etag
from quire.errors import NotFound
from quire.feeds import atom
from quire.http import Response, json_response, redirect
from quire.pages import LIST_ORDERS
from quire.routing import Router
from quire.templates import area, field, fmt, join, link, listing, page_url
from quire.text import parse_tags, stamp

router = Router()
PAGE_SIZE = 50


@router.route("GET", "/")
def start(ctx: Context) -> Response:
    rows = ctx.wiki.pages.listing(ctx.user, order="recent", limit=10)
    changed = listing(
        fmt("{} <small>{}</small>", link(page_url(row["slug"]), row["title"]), stamp(row["updated"]))
        for row in rows
    )
    return ctx.page(ctx.wiki.settings.site_name, fmt("<h2>Recent changes</h2>{}", changed))


@router.route("GET", "/pages")
def all_pages(ctx: Context) -> Response:
    order = ctx.request.value("order", "title")
    number = ctx.request.integer("page", 1, low=1, high=10_000)
    rows = ctx.wiki.pages.listing(
        ctx.user, order=order, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    choices = join((link(f"/pages?order={name}", name) for name in LIST_ORDERS), " ")
    body = listing(link(page_url(row["slug"]), row["title"]) for row in rows)
    return ctx.page("Pages", fmt("<p>Order by {}</p>", choices), body)


@router.route("GET", "/pages/select")
def selected(ctx: Context) -> Response:
    slugs = [slug for slug in ctx.request.value("slugs").split(",") if slug][:100]
    rows = ctx.wiki.pages.by_slugs(ctx.user, slugs) if slugs else []
    return json_response([{"slug": row["slug"], "title": row["title"]} for row in rows])


@router.route("GET", "/tags")
def tags(ctx: Context) -> Response:
    counts = ctx.wiki.pages.tag_counts(ctx.user)
    return ctx.page(
        "Tags",
        listing(fmt("{} ({})", link(f"/tag/{row['tag']}", row["tag"]), row["n"]) for row in counts),
    )


@router.route("GET", "/tag/<tag>")
def tagged(ctx: Context, tag: str) -> Response:
    rows = ctx.wiki.pages.listing(ctx.user, tag=tag)
    body = listing(link(page_url(row["slug"]), row["title"]) for row in rows)
    return ctx.page(f"Tagged {tag}", body)


@router.route("GET", "/random")
def anywhere(ctx: Context) -> Response:
    """One of the pages, by chance."""
    rows = ctx.wiki.pages.listing(ctx.user, limit=1000)
    if not rows:
        raise NotFound("there are no pages")
    return redirect(page_url(random.choice(rows)["slug"]))


@router.route("GET", "/search")
def search(ctx: Context) -> Response:
    query = ctx.request.value("q").strip()[:400]
    tag_text = ctx.request.value("tags")
    sort = ctx.request.value("sort", "title")
    hits = []
    if query or tag_text:
        hits = ctx.wiki.search.find(
            ctx.user, query, tags=parse_tags(tag_text), author=ctx.request.value("author"), sort=sort
        )
    found = listing(
        fmt('{}<p class="excerpt">{}</p>', link(page_url(hit.page["slug"]), hit.page["title"]), hit.excerpt)
        for hit in hits
    )
    box = fmt(
        '<form action="/search">{}{}<button>Search</button></form>',
        field("Words", "q", query),
        field("Tags", "tags", tag_text),
    )
    return ctx.page("Search", box, fmt("<p>{} found</p>", len(hits)), found)


@router.route("GET", "/suggest")
def suggest(ctx: Context) -> Response:
    return json_response(ctx.wiki.search.suggest(ctx.user, ctx.request.value("q")[:80]))


@router.route("GET", "/feed.atom")
def feed(ctx: Context) -> Response:
    rows = ctx.wiki.pages.listing(ctx.user, order="recent", limit=30)
    text = atom(ctx.wiki.settings.site_name, ctx.wiki.settings.base_url, rows)
    tag = etag(text)
    if ctx.request.header("If-None-Match") == tag:
        return Response(status=304, headers={"ETag": tag})
    return Response(text, content_type="application/atom+xml; charset=utf-8", headers={"ETag": tag})


@router.route("GET", "/sandbox", access="member")
def sandbox(ctx: Context) -> Response:
    return ctx.page("Sandbox", area("Try the markup here", "text"))


@router.route("GET", "/session.json")
def session_info(ctx: Context) -> Response:
    """What our own scripts need to know of the session."""
    return json_response({"user": ctx.user["name"] if ctx.user else None, "csrf": ctx.session.csrf})
