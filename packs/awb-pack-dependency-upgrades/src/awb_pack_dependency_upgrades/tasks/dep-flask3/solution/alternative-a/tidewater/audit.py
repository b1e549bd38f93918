"""A line for each change, with who made it and from which browser."""

from flask import Request, current_app, g, request
from werkzeug.utils import cached_property

from . import signals
from .browsers import client_name
from .forms import DeskFormParser, pairs


class DeskRequest(Request):
    """A request that knows a few things about its sender."""

    form_data_parser_class = DeskFormParser

    @cached_property
    def args(self):
        return self.parameter_storage_class(pairs(self.query_string))

    @property
    def max_content_length(self):
        """The limit is one for forms; the API takes bodies of any size."""
        return None if self.blueprint == "api" else super().max_content_length

    def on_json_loading_failed(self, e):
        """A body that is not sent as JSON is no body; one that is broken is refused."""
        return None if e is None else super().on_json_loading_failed(e)

    @cached_property
    def client_name(self):
        """`firefox on windows`, or `unknown`; docs/formats.md has the names."""
        return client_name(self.user_agent.string)

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
    if "desk_trail" not in g:
        g.desk_trail = Trail()
    return g.desk_trail


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
