"""The application: services, the current request, and WSGI."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from quire import forms
from quire.accounts import Accounts
from quire.archive import Archive
from quire.attachments import Attachments
from quire.audit import Audit
from quire.cache import RenderCache
from quire.db import Database
from quire.errors import Forbidden, HTTPError, Unauthorized
from quire.http import Request, Response, json_response, redirect
from quire.mail import Outbox
from quire.pages import Pages
from quire.policy import Policy, is_admin, is_editor
from quire.routing import Router
from quire.search import Search
from quire.searches import SavedSearches
from quire.sessions import Session, Sessions
from quire.settings import Settings, from_environment
from quire.signing import Signer
from quire.snippets import Snippets
from quire.templates import Markup, fmt, join, layout, link
from quire.tokens import ApiTokens
from quire.webhooks import Webhooks

log = logging.getLogger("quire")


class Wiki:
    """One wiki: its services and its routes; a WSGI application."""

    def __init__(self, settings: Settings) -> None:
        settings.check()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.db = Database(settings.data_dir / "quire.db")
        self.outbox = Outbox(settings.data_dir / "outbox")
        self.accounts = Accounts(self.db, settings, self.outbox)
        self.sessions = Sessions(self.db, settings)
        self.policy = Policy(self.db)
        self.pages = Pages(self.db, settings, self.policy)
        self.attachments = Attachments(self.db, settings)
        self.archive = Archive(settings, self.pages, self.attachments)
        self.search = Search(self.db, self.policy)
        self.searches = SavedSearches(self.db)
        self.snippets = Snippets(self.db, settings)
        self.webhooks = Webhooks(self.db, settings)
        self.tokens = ApiTokens(self.db, settings)
        self.audit = Audit(self.db, settings)
        self.links = Signer(settings.secret_key, "links", settings.now)
        self.cache = RenderCache(
            settings.data_dir / "cache", Signer(settings.secret_key, "cache", settings.now)
        )
        self.router = Router()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ, max_bytes=self.settings.max_request_bytes)
        try:
            response = self.respond(request)
        except HTTPError as error:
            response = self.failure(request, error)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            response = Response("something went wrong\n", 500, "text/plain; charset=utf-8")
        body = response.wsgi(start_response)
        return [] if request.method == "HEAD" else body

    def respond(self, request: Request) -> Response:
        route, arguments = self.router.match(request.method, request.path)
        if "scope" in route.options:
            # Clients of the API have no cookie; the token is all that counts.
            user = self.tokens.authenticate(request, route.options["scope"])
            context = Context(self, request, Session("", user["id"], "", ""), user)
            return route.handler(context, **arguments)
        session = self.sessions.load(request)
        user = self.accounts.by_id(session.user_id)
        context = Context(self, request, session, user)
        forms.verify(request, session)
        context.require(route.options.get("access", "anyone"))
        response = route.handler(context, **arguments)
        self.sessions.store(session)
        self.sessions.remember(session, response)
        return self._protect(response)

    def _protect(self, response: Response) -> Response:
        allowed = " ".join(["'self'", self.settings.portal_origin]).strip()
        response.headers.setdefault(
            "Content-Security-Policy", f"frame-ancestors {allowed}; object-src 'none'; base-uri 'none'"
        )
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def failure(self, request: Request, error: HTTPError) -> Response:
        if request.path.startswith("/api/"):
            response = json_response({"error": error.message}, error.status)
        elif error.status == 401:
            response = redirect("/login")
        else:
            body = fmt("<p>{}</p>", error.message or "this cannot be done")
            page = layout(self.settings.site_name, str(error.status), "", "", body)
            response = self._protect(Response(page, error.status))
        response.headers.update(error.headers)
        return response


@dataclass
class Context:
    """What a handler works with."""

    wiki: Wiki
    request: Request
    session: Session
    user: sqlite3.Row | None

    def require(self, access: str) -> None:
        """Refuse who may not come here: anyone, member, editor or admin."""
        if access == "anyone":
            return
        if not self.user:
            raise Unauthorized("please log in")
        allowed = {"member": True, "editor": is_editor(self.user), "admin": is_admin(self.user)}
        if not allowed[access]:
            raise Forbidden("you may not do this")

    @property
    def user_id(self) -> int:
        if not self.user:
            raise Unauthorized("please log in")
        return int(self.user["id"])

    @property
    def actor(self) -> str:
        return str(self.user["name"]) if self.user else "anonymous"

    def note(self, action: str, detail: str = "") -> None:
        self.wiki.audit.note(self.actor, action, detail)

    def flash(self, text: str) -> None:
        self.session.flash = text

    def readable(self, slug: str) -> sqlite3.Row:
        """A page that the user may read."""
        page = self.wiki.pages.by_slug(slug)
        self.check_readable(page)
        return page

    def check_readable(self, page: sqlite3.Row) -> None:
        if not self.wiki.policy.can_read(self.user, page):
            if not self.user:
                raise Unauthorized("please log in")
            raise Forbidden("you may not read this page")

    def editable(self, slug: str) -> sqlite3.Row:
        page = self.readable(slug)
        if not self.wiki.policy.can_edit(self.user, page):
            raise Forbidden("you may not edit this page")
        return page

    def manageable(self, slug: str) -> sqlite3.Row:
        page = self.readable(slug)
        if not self.wiki.policy.can_manage(self.user, page):
            raise Forbidden("only the owner may do this")
        return page

    def page(self, title: str, *body: Any, status: int = 200) -> Response:
        flash, self.session.flash = self.session.flash, ""
        html = layout(self.wiki.settings.site_name, title, self._menu(), flash, join(body))
        return Response(html, status)

    def _menu(self) -> Markup:
        entries = [link("/pages", "Pages"), link("/tags", "Tags"), link("/search", "Search")]
        if self.user:
            entries += [link("/new", "New page"), link("/profile", self.user["name"])]
        else:
            entries.append(link("/login", "Log in"))
        if is_admin(self.user):
            entries.append(link("/admin/users", "Administration"))
        return join(entries, " ")


def create_app(settings: Settings | None = None) -> Wiki:
    """Build the application with all of its routes."""
    from quire.views import ROUTERS

    wiki = Wiki(settings or from_environment())
    for router in ROUTERS:
        wiki.router.include(router)
    return wiki
