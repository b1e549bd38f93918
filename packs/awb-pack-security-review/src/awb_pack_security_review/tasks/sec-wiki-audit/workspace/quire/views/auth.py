"""Login, logout, registration and lost passwords."""

from __future__ import annotations

from quire import forms
from quire.app import Context
from quire.errors import Forbidden, NotFound
from quire.http import Response, redirect
from quire.routing import Router
from quire.templates import field, fmt, form, link

router = Router()


def local_target(target: str) -> str:
    """Where to go after login: only to our own pages."""
    if target.startswith("/") and "://" not in target:
        return target
    return "/"


@router.route("GET", "/login")
def login_form(ctx: Context) -> Response:
    return ctx.page(
        "Log in",
        form(
            "/login",
            ctx.session.csrf,
            field("Name", "name"),
            field("Password", "password", kind="password"),
            field("", "next", local_target(ctx.request.value("next")), kind="hidden"),
            submit="Log in",
        ),
        fmt("<p>{}</p>", link("/lost", "I have lost my password")),
    )


@router.route("POST", "/login")
def login(ctx: Context) -> Response:
    name = forms.required(ctx.request, "name")
    password = ctx.request.form.get("password", [""])[0]
    user = ctx.wiki.accounts.authenticate(name, password, ctx.request.remote_address)
    ctx.wiki.sessions.login(ctx.session, user["id"])
    ctx.user = user
    ctx.note("login")
    return redirect(local_target(ctx.request.value("next")))


@router.route("POST", "/logout")
def logout(ctx: Context) -> Response:
    ctx.note("logout")
    ctx.wiki.sessions.logout(ctx.session)
    return redirect("/")


@router.route("GET", "/register")
def register_form(ctx: Context) -> Response:
    if not ctx.wiki.settings.open_registration:
        raise NotFound("registration is closed")
    return ctx.page(
        "Register",
        form(
            "/register",
            ctx.session.csrf,
            field("Name", "name"),
            field("E-mail", "email", kind="email"),
            field("Password", "password", kind="password"),
        ),
    )


@router.route("POST", "/register")
def register(ctx: Context) -> Response:
    if not ctx.wiki.settings.open_registration:
        raise NotFound("registration is closed")
    name = forms.required(ctx.request, "name")
    email = forms.required(ctx.request, "email")
    password = ctx.request.form.get("password", [""])[0]
    ctx.wiki.accounts.create(name, email, password)
    ctx.note("register", name)
    ctx.flash("Welcome. You can log in now.")
    return redirect("/login")


@router.route("GET", "/lost")
def lost_form(ctx: Context) -> Response:
    return ctx.page(
        "Lost password",
        form("/lost", ctx.session.csrf, field("E-mail", "email", kind="email"), submit="Send a link"),
    )


@router.route("POST", "/lost")
def lost(ctx: Context) -> Response:
    email = forms.required(ctx.request, "email")
    ctx.wiki.accounts.request_reset(email, ctx.request.remote_address)
    ctx.flash("If we know this address, a link is on its way.")
    return redirect("/login")


@router.route("GET", "/reset/<token>")
def reset_form(ctx: Context, token: str) -> Response:
    if not ctx.wiki.accounts.reset_owner(token):
        raise Forbidden("this link is not valid any more")
    return ctx.page(
        "New password",
        form(f"/reset/{token}", ctx.session.csrf, field("Password", "password", kind="password")),
    )


@router.route("POST", "/reset/<token>")
def reset(ctx: Context, token: str) -> Response:
    user = ctx.wiki.accounts.reset_owner(token)
    if not user:
        raise Forbidden("this link is not valid any more")
    ctx.wiki.accounts.set_password(user["id"], ctx.request.form.get("password", [""])[0])
    ctx.wiki.sessions.end_all(user["id"])
    ctx.note("password reset", user["name"])
    ctx.flash("You can log in with the new password.")
    return redirect("/login")
