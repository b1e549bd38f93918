"""A line for each change, with who made it and from which browser."""

from flask import Request, _app_ctx_stack, current_app, request
from werkzeug.utils import cached_property

from . import signals


class DeskRequest(Request):
    """A request that knows a few things about its sender."""

    @cached_property
    def client_name(self):
        """`firefox on windows`, or `unknown`; docs/formats.md has the names."""
        agent = self.user_agent
        if not agent.browser:
            return "unknown"
        if not agent.platform:
            return agent.browser
        return "%s on %s" % (agent.browser, agent.platform)

    @cached_property
    def wants_json(self):
        if self.blueprint == "api":
            return True
        best = self.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
        return best == "application/json"


class Trail(object):
    """Entries of one application context; written when it ends well."""

    def __init__(self):
        self.entries = []

    def note(self, what, **details):
        self.entries.append((what, details))


def trail():
    top = _app_ctx_stack.top
    if not hasattr(top, "desk_trail"):
        top.desk_trail = Trail()
    return top.desk_trail


def _booking_changed(app, booking, change):
    trail().note(change, booking=booking.number, boat=booking.boat.slug)


def init_app(app):
    signals.booking_changed.connect(_booking_changed, app)

    @app.after_request
    def write(response):
        if response.status_code < 400:
            for what, details in trail().entries:
                entry = dict(details, what=what, at=current_app.clock(), client=request.client_name)
                current_app.store.record(entry)
        return response
