"""Export and import of many pages."""

from __future__ import annotations

from quire.app import Context
from quire.archive import Report
from quire.errors import Invalid
from quire.http import Response, download
from quire.routing import Router
from quire.templates import field, fmt, form, listing

router = Router()


@router.route("GET", "/export", access="member")
def export(ctx: Context) -> Response:
    """All pages that the user may read."""
    rows = ctx.wiki.pages.listing(ctx.user, tag=ctx.request.value("tag"), limit=2000)
    ctx.note("export", f"{len(rows)} pages")
    return download(ctx.wiki.archive.export(rows), "pages.zip", "application/zip")


@router.route("GET", "/import", access="editor")
def import_form(ctx: Context) -> Response:
    body = form("/import", ctx.session.csrf, field("File", "file", kind="file"), files=True)
    return ctx.page("Import", body)


@router.route("POST", "/import", access="editor")
def take_over(ctx: Context) -> Response:
    """A bundle, or an XML file."""
    file = ctx.request.files.get("file")
    if not file:
        raise Invalid("choose a file")
    if file.data[:2] == b"PK":
        report = ctx.wiki.archive.load(file.data, ctx.user_id)
    else:
        report = ctx.wiki.archive.load_xml(file.data, ctx.user_id)
    ctx.note("import", f"{len(report.created)} pages")
    return ctx.page("Import", _summary(report))


def _summary(report: Report) -> object:
    return fmt(
        "<p>{} pages and {} files were taken over.</p>{}<p>Skipped:</p>{}",
        len(report.created),
        report.files,
        listing(report.created),
        listing(report.skipped),
    )
