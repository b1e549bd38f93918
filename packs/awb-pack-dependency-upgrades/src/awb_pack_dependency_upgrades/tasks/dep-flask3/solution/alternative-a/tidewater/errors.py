"""Error pages, and errors of the API as problem documents."""

from flask import current_app, jsonify, make_response, render_template, request
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound
from werkzeug.http import HTTP_STATUS_CODES

from .store import Conflict

HINTS = {
    403: "This is for the staff of the desk.",
    404: "Nothing is moored here.",
    405: "That cannot be done here.",
    413: "That is too much to carry.",
}


class DeskError(HTTPException):
    """A refusal with a reason of our own."""

    def __init__(self, code, reason, **extra):
        super(DeskError, self).__init__(description=reason)
        self.code = code
        self.extra = extra


def problem(error, **extra):
    body = {"status": error.code, "title": HTTP_STATUS_CODES.get(error.code, "Unknown"), "detail": error.description}
    body.update(extra)
    response = jsonify(body)
    response.status_code = error.code
    response.mimetype = "application/problem+json"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def page(error):
    hint = HINTS.get(error.code, "")
    detail = Markup("<p>%s</p>") % hint if hint else Markup("")
    if isinstance(error, NotFound):
        detail += Markup("<p>Looked for <code>%s</code>.</p>") % request.path
    body = render_template(
        "errors/error.html", code=error.code, name=escape(error.name), detail=detail, description=error.description
    )
    response = make_response(body, error.code)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def http_error(error):
    if error.code is not None and 300 <= error.code < 400:
        return error
    if request.wants_json:
        return problem(error, **getattr(error, "extra", {}))
    return page(error)


def conflict(error):
    refusal = DeskError(409, "The boat is not free on these days.", taken_until=error.other.end)
    return http_error(refusal)


def server_error(error):
    original = getattr(error, "original_exception", None)
    current_app.extensions["last_error"] = type(original or error).__name__
    return http_error(InternalServerError("The desk is confused; the harbour master was told."))


def init_app(app):
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Conflict, conflict)
    app.register_error_handler(500, server_error)
