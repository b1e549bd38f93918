"""Webhooks of users."""

from __future__ import annotations

from quire import forms
from quire.app import Context
from quire.http import Response, json_response, redirect
from quire.routing import Router
from quire.templates import field, fmt, form, listing
from quire.webhooks import EVENTS

router = Router()


@router.route("GET", "/hooks", access="member")
def hooks(ctx: Context) -> Response:
    rows = ctx.wiki.webhooks.of(ctx.user_id)
    entries = listing(fmt("{} ({}): {}", r["url"], r["events"], r["last_status"]) for r in rows)
    body = form(
        "/hooks", ctx.session.csrf, field("Address", "url"), field("Events", "events", " ".join(EVENTS))
    )
    return ctx.page("Webhooks", entries, body)


@router.route("POST", "/hooks", access="member")
def add_hook(ctx: Context) -> Response:
    url = forms.required(ctx.request, "url", limit=500)
    events = " ".join(ctx.request.values("events")).split()
    hook_id = ctx.wiki.webhooks.add(ctx.user_id, url, events)
    hook = ctx.wiki.webhooks.get(ctx.user_id, hook_id)
    ctx.note("webhook added", url)
    return json_response({"id": hook_id, "secret": hook["secret"]}, 201)


@router.route("POST", "/hooks/<hook_id:int>/ping", access="member")
def ping(ctx: Context, hook_id: str) -> Response:
    hook = ctx.wiki.webhooks.get(ctx.user_id, int(hook_id))
    return json_response({"sent": ctx.wiki.webhooks.ping(hook)})


@router.route("POST", "/hooks/<hook_id:int>/delete", access="member")
def remove_hook(ctx: Context, hook_id: str) -> Response:
    ctx.wiki.webhooks.remove(ctx.user_id, int(hook_id))
    ctx.note("webhook removed", hook_id)
    return redirect("/hooks")
