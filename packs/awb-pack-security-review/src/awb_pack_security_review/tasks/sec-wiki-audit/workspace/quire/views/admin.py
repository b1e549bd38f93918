"""Administration: users, audit log, cache."""

from __future__ import annotations

from quire import forms
from quire.accounts import ROLES
from quire.app import Context
from quire.errors import Conflict, NotFound
from quire.http import Response, download, redirect
from quire.routing import Router
from quire.templates import fmt, form, select, table
from quire.text import iso

router = Router()


@router.route("GET", "/admin/users", access="admin")
def users(ctx: Context) -> Response:
    rows = []
    for user in ctx.wiki.accounts.everyone():
        role = form(
            f"/admin/users/{user['id']}/role",
            ctx.session.csrf,
            select("", "role", ROLES, user["role"]),
        )
        rows.append([user["name"], user["email"], role, "active" if user["active"] else "locked"])
    return ctx.page("Users", table(["Name", "E-mail", "Role", "State"], rows))


@router.route("POST", "/admin/users", access="admin")
def add_user(ctx: Context) -> Response:
    name = forms.required(ctx.request, "name")
    ctx.wiki.accounts.create(
        name,
        forms.required(ctx.request, "email"),
        ctx.request.form.get("password", [""])[0],
        ctx.request.value("role", "member"),
    )
    ctx.note("user created", name)
    return redirect("/admin/users")


@router.route("POST", "/admin/users/<user_id:int>/role", access="admin")
def set_role(ctx: Context, user_id: str) -> Response:
    user = _other(ctx, user_id)
    ctx.wiki.accounts.set_role(user, ctx.request.value("role"))
    ctx.note("role changed", f"{user}: {ctx.request.value('role')}")
    return redirect("/admin/users")


@router.route("POST", "/admin/users/<user_id:int>/lock", access="admin")
def lock(ctx: Context, user_id: str) -> Response:
    user = _other(ctx, user_id)
    ctx.wiki.accounts.set_active(user, ctx.request.value("active") == "1")
    ctx.note("user locked or opened", str(user))
    return redirect("/admin/users")


def _other(ctx: Context, user_id: str) -> int:
    number = int(user_id)
    if number == ctx.user_id:
        raise Conflict("you cannot do this to yourself")
    if not any(user["id"] == number for user in ctx.wiki.accounts.everyone()):
        raise NotFound("there is no such user")
    return number


@router.route("GET", "/admin/audit", access="admin")
def audit(ctx: Context) -> Response:
    if ctx.request.value("format") == "csv":
        return download(ctx.wiki.audit.as_csv().encode(), "audit.csv", "text/csv; charset=utf-8")
    rows = [
        [iso(row["at"]), row["actor"], row["action"], row["detail"]] for row in ctx.wiki.audit.recent()
    ]
    return ctx.page("Audit log", table(["At", "Who", "What", "Detail"], rows))


@router.route("POST", "/admin/cache/clear", access="admin")
def clear_cache(ctx: Context) -> Response:
    count = ctx.wiki.cache.clear()
    ctx.flash(f"{count} entries were removed.")
    ctx.note("cache cleared")
    return redirect("/admin/users")


@router.route("POST", "/admin/sweep", access="admin")
def sweep(ctx: Context) -> Response:
    count = ctx.wiki.sessions.sweep()
    ctx.flash(fmt("{} sessions were removed.", count))
    return redirect("/admin/users")
