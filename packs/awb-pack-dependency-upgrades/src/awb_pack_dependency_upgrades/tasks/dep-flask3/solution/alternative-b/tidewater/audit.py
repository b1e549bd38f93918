"""A line for each change, with who made it and from which browser."""

import re
from urllib.parse import parse_qsl

from flask import Request, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property

from . import signals

# docs/formats.md has these, too
BROWSERS = [
    ("opera", "opera|opr"),
    ("edge", "edge"),
    ("chrome", "chrome|crios"),
    ("firefox", "firefox"),
    ("safari", "safari|version"),
    ("webkit", "webkit"),
    ("msie", "msie"),
    ("lynx", "lynx"),
    ("mozilla", "mozilla"),
]
PLATFORMS = [
    ("iphone", "iphone|ios"),
    ("ipad", "ipad"),
    ("macos", r"darwin|mac|os\s*x"),
    ("windows", "win"),
    ("android", "android"),
    ("linux", "x11|linux"),
]


def first_hit(names, text):
    return next((name for name, pattern in names if re.search(pattern, text, re.IGNORECASE)), None)


def pairs(text):
    """The keys and values of a query or a form; what is no UTF-8 becomes replacement characters."""
    return parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")


class DeskForms(FormDataParser):
    """Forms, up to the configured size."""

    def parse(self, stream, mimetype, content_length, options=None):
        limit = current_app.config["MAX_CONTENT_LENGTH"]
        if limit is not None and content_length is not None and content_length > limit:
            raise RequestEntityTooLarge()
        if mimetype in ("application/x-www-form-urlencoded", "application/x-url-encoded"):
            return stream, self.cls(pairs(stream.read())), self.cls()
        return super().parse(stream, mimetype, content_length, options)


class DeskRequest(Request):
    """A request that knows a few things about its sender."""

    form_data_parser_class = DeskForms

    # The limit is one of forms, and looked at by their parser.
    max_content_length = None

    @cached_property
    def known(self):
        """What has been found out about this request and is kept with it; `member`, see auth.py."""
        return {}

    @cached_property
    def args(self):
        return self.parameter_storage_class(pairs(self.query_string))

    @cached_property
    def client_name(self):
        """`firefox on windows`, or `unknown`; docs/formats.md has the names."""
        agent = self.user_agent.string
        browser = first_hit(BROWSERS, agent)
        platform = first_hit(PLATFORMS, agent)
        if not browser:
            return "unknown"
        return "%s on %s" % (browser, platform) if platform else browser

    @cached_property
    def wants_json(self):
        if self.blueprint == "api":
            return True
        best = self.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
        return best == "application/json"


class Trail:
    """Entries of one application context; written when it ends well."""

    def __init__(self):
        self.entries = []

    def note(self, what, **details):
        self.entries.append((what, details))


def trail():
    return g.setdefault("desk_trail", Trail())


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
