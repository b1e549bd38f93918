"""The application factory."""

from flask import Flask, request
from flask.helpers import get_root_path
from jinja2 import StrictUndefined
from werkzeug.utils import import_string

from . import audit, auth, cli, config, errors, filters, signals
from .encoding import DeskEncoder
from .routing import BerthConverter, DayConverter
from .sessions import DeskSessions
from .store import Store
from .views import api, boats, bookings, files, members


class Desk(Flask):
    """Flask with the desk's own defaults."""

    json_encoder = DeskEncoder
    session_interface = DeskSessions()
    request_class = audit.DeskRequest
    jinja_options = dict(
        Flask.jinja_options,
        extensions=["jinja2.ext.autoescape", "jinja2.ext.with_", "jinja2.ext.do"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    @property
    def store(self):
        return self.extensions["store"]

    def get_send_file_max_age(self, filename):
        """Documents change with the season; everything else is as long-lived as Flask says."""
        if filename and filename.endswith(".txt"):
            return 600
        return super(Desk, self).get_send_file_max_age(filename)


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

    @app.before_first_request
    def open_desk():
        """Load the data and hang in the optional parts when the first visitor comes."""
        if "store" not in app.extensions:
            app.extensions["store"] = Store.from_file(app, app.config["SEED_FILE"])
        for name in app.config["EXTRA_BLUEPRINTS"]:
            app.register_blueprint(import_string(name))
        signals.desk_opened.send(app, boats=len(app.store.boats))

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
