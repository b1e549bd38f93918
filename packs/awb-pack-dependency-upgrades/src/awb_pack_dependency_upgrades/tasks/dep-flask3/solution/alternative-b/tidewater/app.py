"""The application factory."""

import threading

from flask import Flask, Response, request
from flask.helpers import get_root_path
from jinja2 import StrictUndefined
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.utils import import_string

from . import audit, auth, cli, config, errors, filters, signals
from .encoding import DeskJSON
from .routing import BerthConverter, DayConverter
from .sessions import DeskSessions
from .store import Store
from .views import api, boats, bookings, files, members


class DeskResponse(Response):
    """A response whose `Location` is absolute, see docs/http.md."""

    autocorrect_location_header = True


class Desk(Flask):
    """Flask with the desk's own defaults."""

    json_provider_class = DeskJSON
    session_interface = DeskSessions()
    request_class = audit.DeskRequest
    response_class = DeskResponse
    jinja_options = dict(
        Flask.jinja_options,
        extensions=["jinja2.ext.do"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._opening = threading.Lock()
        self._opened = False

    @property
    def store(self):
        return self.extensions["store"]

    def open_desk(self):
        """Load the data and hang in the optional parts, once; after a failure it is tried again."""
        with self._opening:
            if self._opened:
                return
            if "store" not in self.extensions:
                self.extensions["store"] = Store.from_file(self, self.config["SEED_FILE"])
            for name in self.config["EXTRA_BLUEPRINTS"]:
                blueprint = import_string(name)
                if blueprint.name not in self.blueprints:
                    self.register_blueprint(blueprint)
            signals.desk_opened.send(self, boats=len(self.store.boats))
            self._opened = True

    def full_dispatch_request(self):
        """The first visitor opens the desk: before Flask takes the application for complete, but with its error pages."""
        self.open_desk()
        return super().full_dispatch_request()

    def raise_routing_exception(self, request):
        """An address that only lacks its last slash exists: another method than those it has is not allowed."""
        if isinstance(request.routing_exception, NotFound) and not request.path.endswith("/"):
            methods = self.create_url_adapter(request).allowed_methods(request.path + "/")
            if methods and request.method not in methods:
                raise MethodNotAllowed(valid_methods=list(methods))
        super().raise_routing_exception(request)

    def get_send_file_max_age(self, filename):
        """Documents change with the season; everything else is as long-lived as Flask says."""
        if filename and filename.endswith(".txt"):
            return 600
        return super().get_send_file_max_age(filename)


def create_app(overrides=None, config_file=None):
    app = Desk("tidewater", root_path=get_root_path("tidewater"))
    config.load(app, config_file, overrides)
    app.url_map.converters["day"] = DayConverter
    app.url_map.converters["berth"] = BerthConverter

    for module in (boats, bookings, members, files, api):
        app.register_blueprint(module.blueprint)

    auth.init_app(app)
    audit.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    signals.init_app(app)
    cli.init_app(app)

    @app.context_processor
    def common():
        return {"desk": "Tidewater", "currency": app.config["CURRENCY"], "today": app.clock().date()}

    @app.after_request
    def headers(response):
        response.headers.setdefault("X-Frame-Options", "DENY")
        if response.status_code != 206:
            response.headers.pop("Accept-Ranges", None)
        if request.blueprint == "api":
            response.headers["X-Desk-Time"] = app.clock().isoformat()
        return response

    return app
