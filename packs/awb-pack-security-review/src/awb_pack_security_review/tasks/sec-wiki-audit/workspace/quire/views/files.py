"""Attachments of pages."""

from __future__ import annotations

from quire.app import Context
from quire.attachments import INLINE_TYPES
from quire.errors import Forbidden, Invalid, NotFound
from quire.http import Response, download, json_response, redirect
from quire.routing import Router
from quire.signing import BadSignature
from quire.templates import page_url

router = Router()


@router.route("POST", "/page/<slug>/files", access="member")
def upload(ctx: Context, slug: str) -> Response:
    page = ctx.editable(slug)
    file = ctx.request.files.get("file")
    if not file:
        raise Invalid("choose a file")
    row = ctx.wiki.attachments.add(page["id"], file.filename, file.data, ctx.user_id)
    ctx.note("file added", f"{slug}: {row['name']}")
    return redirect(page_url(slug))


@router.route("GET", "/page/<slug>/file/<name>")
def show_file(ctx: Context, slug: str, name: str) -> Response:
    """Images are shown in place, everything else is downloaded."""
    page = ctx.readable(slug)
    row = ctx.wiki.attachments.get(page["id"], name)
    data = ctx.wiki.attachments.read(row)
    if row["content_type"] in INLINE_TYPES:
        headers = {"Content-Security-Policy": "sandbox; default-src 'none'"}
        return Response(data, content_type=row["content_type"], headers=headers)
    return download(data, row["name"], row["content_type"])


@router.route("POST", "/page/<slug>/file/<name>/delete", access="member")
def remove_file(ctx: Context, slug: str, name: str) -> Response:
    page = ctx.editable(slug)
    ctx.wiki.attachments.remove(page["id"], name)
    ctx.note("file removed", f"{slug}: {name}")
    return redirect(page_url(slug))


@router.route("POST", "/page/<slug>/file/<name>/link", access="member")
def share_file(ctx: Context, slug: str, name: str) -> Response:
    """Make a link that opens one attachment for an hour, without login."""
    page = ctx.manageable(slug)
    row = ctx.wiki.attachments.get(page["id"], name)
    seconds = ctx.wiki.settings.link_minutes * 60
    token = ctx.wiki.links.token(["file", row["id"]], seconds=seconds)
    ctx.note("file link", f"{slug}: {name}")
    return json_response({"url": f"{ctx.wiki.settings.base_url}/shared/{token}"})


@router.route("GET", "/shared/<token>")
def shared_file(ctx: Context, token: str) -> Response:
    try:
        kind, attachment_id = ctx.wiki.links.read(token)
    except (BadSignature, ValueError, TypeError):
        raise Forbidden("this link is not valid any more") from None
    if kind != "file":
        raise Forbidden("this link is not valid any more")
    row = ctx.wiki.db.one("SELECT * FROM attachments WHERE id = ?", attachment_id)
    if not row:
        raise NotFound("there is no such attachment")
    return download(ctx.wiki.attachments.read(row), row["name"], row["content_type"])


@router.route("GET", "/blob/<digest>", access="admin")
def blob(ctx: Context, digest: str) -> Response:
    """A content by its digest, for repairs."""
    path = ctx.wiki.attachments.blob_path(digest)
    if not path.is_file():
        raise NotFound("there is no such content")
    return download(path.read_bytes(), digest, "application/octet-stream")
