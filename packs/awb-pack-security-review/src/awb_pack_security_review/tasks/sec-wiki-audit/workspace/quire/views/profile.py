"""What users change about themselves: profile, password, API tokens."""

from __future__ import annotations

from quire import forms
from quire.app import Context
from quire.errors import Forbidden
from quire.http import Response, redirect
from quire.passwords import verify_password
from quire.routing import Router
from quire.templates import area, field, fmt, form, listing, select

router = Router()


@router.route("GET", "/profile", access="member")
def profile(ctx: Context) -> Response:
    user = ctx.user
    assert user is not None
    tokens = listing(
        fmt(
            "{} ({}) {}",
            row["label"],
            row["scope"],
            form(f"/profile/tokens/{row['id']}/revoke", ctx.session.csrf, submit="Revoke"),
        )
        for row in ctx.wiki.tokens.of(user["id"])
    )
    return ctx.page(
        f"Profile of {user['name']}",
        form(
            "/profile",
            ctx.session.csrf,
            field("Display name", "display_name", user["display_name"]),
            field("E-mail", "email", user["email"], kind="email"),
            area("About", "about", user["about"]),
            select("Time zone", "timezone", forms.ZONES, user["timezone"]),
            select("Mail me about changes", "notify", ("0", "1"), str(user["notify"])),
        ),
        fmt("<h2>API tokens</h2>{}", tokens),
    )


@router.route("POST", "/profile", access="member")
def save_profile(ctx: Context) -> Response:
    given = {name: values[0] for name, values in ctx.request.form.items()}
    given = given or {name: values[0] for name, values in ctx.request.query.items()}
    ctx.wiki.accounts.update_profile(ctx.user_id, given)
    ctx.note("profile changed")
    ctx.flash("Your profile was saved.")
    return redirect("/profile")


@router.route("POST", "/profile/password", access="member")
def change_password(ctx: Context) -> Response:
    assert ctx.user is not None
    if not verify_password(ctx.request.form.get("old", [""])[0], ctx.user["password"]):
        raise Forbidden("the old password is wrong")
    ctx.wiki.accounts.set_password(ctx.user_id, ctx.request.form.get("new", [""])[0])
    ctx.wiki.sessions.end_all(ctx.user_id, keep=ctx.session.id)
    ctx.note("password changed")
    return redirect("/profile")


@router.route("POST", "/profile/tokens", access="member")
def new_token(ctx: Context) -> Response:
    label = forms.required(ctx.request, "label", limit=60)
    token = ctx.wiki.tokens.create(ctx.user_id, label, ctx.request.value("scope", "read"))
    ctx.note("token created", label)
    return ctx.page("New token", fmt("<p>Keep it safe, it is shown only now:</p><pre>{}</pre>", token))


@router.route("POST", "/profile/tokens/<token_id:int>/revoke", access="member")
def revoke_token(ctx: Context, token_id: str) -> Response:
    ctx.wiki.tokens.revoke(ctx.user_id, int(token_id))
    ctx.note("token revoked", token_id)
    return redirect("/profile")


@router.route("GET", "/user/<name>", access="member")
def public_profile(ctx: Context, name: str) -> Response:
    user = ctx.wiki.accounts.by_name(name)
    if not user or not user["active"]:
        return ctx.page("Unknown user", fmt("<p>There is no user {}.</p>", name), status=404)
    return ctx.page(user["display_name"] or user["name"], fmt("<p>{}</p>", user["about"]))
