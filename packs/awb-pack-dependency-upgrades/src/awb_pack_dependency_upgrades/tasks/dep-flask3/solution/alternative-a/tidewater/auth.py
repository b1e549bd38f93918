"""Who is at the desk: by session, by remember cookie, or by API token."""

from functools import wraps

from flask import Blueprint, abort, current_app, flash, has_request_context, redirect, render_template, request, session
from flask import url_for
from werkzeug.local import LocalProxy

from . import passwords, signals, tokens
from .routing import safe_target

blueprint = Blueprint("auth", __name__)


def _load_member():
    store = current_app.store
    login = session.login
    if login:
        return store.member(login)
    remembered = request.cookies.get(current_app.config["REMEMBER_COOKIE"])
    if remembered:
        found = tokens.read_remember_value(remembered)
        if found is not None:
            return store.member(found[0])
    return None


def _current_member():
    if not has_request_context():
        return None
    if not hasattr(request, "desk_member"):
        request.desk_member = _load_member()
    return request.desk_member


member = LocalProxy(_current_member)


def login_required(view):
    @wraps(view)
    def wrapped(*args, **kwargs):
        if not member:
            flash("Please sign in first.", "info")
            return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
        return view(*args, **kwargs)

    return wrapped


def staff_required(view):
    @wraps(view)
    @login_required
    def wrapped(*args, **kwargs):
        if not member.staff:
            abort(403)
        return view(*args, **kwargs)

    return wrapped


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in():
    if request.method == "GET":
        return render_template("sign_in.html", next=request.args.get("next", ""))
    login = request.form["login"].strip().lower()
    found = current_app.store.member(login)
    if found is None or not passwords.verify(found, request.form["password"]):
        signals.sign_in_failed.send(current_app._get_current_object(), login=login)
        flash("That is not a member's login and password.", "error")
        return render_template("sign_in.html", next=request.form.get("next", "")), 401
    if passwords.outdated(found):
        found.password = passwords.hash_password(request.form["password"])
    session.clear()
    session["login"] = found.login
    session["since"] = current_app.clock()
    if found.staff:
        session["staff"] = True
    session.permanent = bool(request.form.get("remember"))
    flash("Welcome aboard, %s." % found.name, "info")
    response = redirect(safe_target(request.form.get("next")))
    if request.form.get("remember"):
        response.set_cookie(
            current_app.config["REMEMBER_COOKIE"],
            tokens.remember_value(found.login),
            max_age=current_app.config["REMEMBER_DAYS"] * 86400,
            httponly=True,
            samesite="Lax",
        )
    return response


@blueprint.route("/sign-out", methods=["POST"])
def sign_out():
    session.clear()
    response = redirect(url_for("boats.index"), code=303)
    response.delete_cookie(current_app.config["REMEMBER_COOKIE"])
    return response


def init_app(app):
    app.register_blueprint(blueprint)

    @app.context_processor
    def who():
        return {"member": _current_member()}
