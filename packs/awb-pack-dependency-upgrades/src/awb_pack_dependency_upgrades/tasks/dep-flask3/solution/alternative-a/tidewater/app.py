"""The application factory."""

import threading

from flask import Flask, Response, request
from flask.helpers import get_root_path
from jinja2 import StrictUndefined
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.utils import import_string

from . import audit, auth, cli, config, errors, filters, signals
from .encoding import DeskJSON
from .routing import BerthConverter, DayConverter, TextConverter
from .sessions import DeskSessions
from .store import Store
from .views import api, boats, bookings, files, members


class DeskResponse(Response):
    """A response whose `Location` is absolute; docs/http.md says why."""

    autocorrect_location_header = True


class Desk(Flask):
    """Flask with the desk's own defaults; it opens when it is first needed."""

    json_provider_class = DeskJSON
    session_interface = DeskSessions()
    request_class = audit.DeskRequest
    response_class = DeskResponse
    jinja_options = {
        "extensions": ["jinja2.ext.do"],
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._opening = threading.Lock()
        self._opened = False

    @property
    def store(self):
        return self.extensions["store"]

    def open(self):
        """Load the data and hang in the optional parts, once."""
        if self._opened:
            return
        with self._opening:
            if self._opened:
                return
            if "store" not in self.extensions:
                self.extensions["store"] = Store.from_file(self, self.config["SEED_FILE"])
            for name in self.config["EXTRA_BLUEPRINTS"]:
                blueprint = import_string(name)
                # a part may be here already if an earlier attempt has failed halfway
                if self.blueprints.get(blueprint.name) is not blueprint:
                    self.register_blueprint(blueprint)
            signals.desk_opened.send(self, boats=len(self.store.boats))
            self._opened = True

    def full_dispatch_request(self):
        """The first visitor opens the desk, wherever the visit goes."""
        self.open()
        return super().full_dispatch_request()

    def create_url_adapter(self, request):
        """A desk that has a name has no pages under others."""
        name = self.config["SERVER_NAME"]
        if request is None or not name or _plain(request.host, request.scheme) == _plain(name, request.scheme):
            return super().create_url_adapter(request)
        return self.url_map.bind(
            name,
            script_name=request.root_path,
            subdomain="<elsewhere>",
            url_scheme=request.scheme,
            default_method=request.method,
            path_info=request.path,
            query_args=request.query_string.decode("latin-1"),
        )

    def raise_routing_exception(self, request):
        """An address that only lacks its last slash is known, so that a method it does not have is the problem."""
        if isinstance(request.routing_exception, NotFound):
            methods = self.create_url_adapter(request).allowed_methods(request.path + "/")
            if methods:
                raise MethodNotAllowed(valid_methods=methods)
        return super().raise_routing_exception(request)

    def get_send_file_max_age(self, filename):
        """Documents change with the season; everything else is as long-lived as the configuration says."""
        if filename and str(filename).endswith(".txt"):
            return 600
        return super().get_send_file_max_age(filename)

    def send_static_file(self, filename):
        return files.publicly(super().send_static_file(filename))


def _plain(host, scheme):
    """A host without the port that goes without saying."""
    return host.lower().removesuffix({"http": ":80", "https": ":443"}.get(scheme, ""))


def create_app(overrides=None, config_file=None):
    app = Desk("tidewater", root_path=get_root_path("tidewater"))
    config.load(app, config_file, overrides)
    app.url_map.converters["default"] = app.url_map.converters["string"] = TextConverter
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
        if request.blueprint == "api":
            response.headers["X-Desk-Time"] = app.clock().isoformat()
        return response

    return app
