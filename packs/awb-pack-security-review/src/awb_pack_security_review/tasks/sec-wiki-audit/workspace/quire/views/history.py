"""Old revisions of pages."""

from __future__ import annotations

from quire.app import Context
from quire.errors import NotFound
from quire.http import Response, json_response, redirect
from quire.routing import Router
from quire.templates import fmt, form, join, link, listing, page_url
from quire.text import difference, stamp
from quire.views.pages import notify, rendered

router = Router()


@router.route("GET", "/page/<slug>/history")
def history(ctx: Context, slug: str) -> Response:
    page = ctx.readable(slug)
    rows = ctx.wiki.pages.revisions(page)
    entries = listing(
        fmt(
            "{} by {}: {} {}",
            link(page_url(slug, "revision", str(row["id"])), stamp(row["at"])),
            row["author"],
            row["comment"],
            link(page_url(slug, "diff") + f"?new={row['id']}", "changes"),
        )
        for row in rows
    )
    return ctx.page(f"History of {page['title']}", entries)


@router.route("GET", "/page/<slug>/revision/<revision:int>")
def revision(ctx: Context, slug: str, revision: str) -> Response:
    page = ctx.readable(slug)
    row = ctx.wiki.pages.revision(int(revision))
    if row["page_id"] != page["id"]:
        raise NotFound("there is no such revision")
    restore = form(page_url(slug, "restore", revision), ctx.session.csrf, submit="Restore")
    return ctx.page(
        f"{page['title']}, {stamp(row['at'])}",
        fmt("<article>{}</article>", rendered(ctx, page, row["text"])),
        restore if ctx.wiki.policy.can_edit(ctx.user, page) else "",
    )


@router.route("GET", "/page/<slug>/diff")
def diff(ctx: Context, slug: str) -> Response:
    """The changes between two revisions; without `old`, to the one before."""
    page = ctx.readable(slug)
    new = ctx.wiki.pages.revision(ctx.request.integer("new", page["current"], low=0, high=1 << 40))
    old_id = ctx.request.integer("old", 0, low=0, high=1 << 40)
    if not old_id:
        earlier = [row["id"] for row in ctx.wiki.pages.revisions(page) if row["id"] < new["id"]]
        old_id = earlier[0] if earlier else 0
    old = ctx.wiki.pages.revision(old_id)["text"] if old_id else ""
    lines = difference(old, new["text"])
    if ctx.request.value("format") == "json":
        return json_response([[mark, line] for mark, line in lines])
    body = join((fmt("{}{}\n", mark, line) for mark, line in lines))
    return ctx.page(f"Changes of {page['title']}", fmt("<pre>{}</pre>", body))


@router.route("POST", "/page/<slug>/restore/<revision:int>", access="member")
def restore(ctx: Context, slug: str, revision: str) -> Response:
    page = ctx.editable(slug)
    row = ctx.wiki.pages.revision(int(revision))
    if row["page_id"] != page["id"]:
        raise NotFound("there is no such revision")
    page = ctx.wiki.pages.edit(
        page, ctx.user_id, row["text"], comment=f"restored from {stamp(row['at'])}"
    )
    ctx.note("page restored", f"{slug} to {revision}")
    notify(ctx, "page.edited", page)
    return redirect(page_url(slug))
