"""Configuration: defaults here, then an optional JSON file, then what the caller passes."""

import datetime
import os

import flask
from werkzeug.utils import import_string

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


class Defaults(object):
    SECRET_KEY = "harbour-master"
    SESSION_COOKIE_NAME = "tw_session"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    PERMANENT_SESSION_LIFETIME = datetime.timedelta(days=7300)

    # JSON of the API: readable, in the order of the fields, with plain UTF-8
    JSON_SORT_KEYS = False
    JSON_AS_ASCII = False
    JSONIFY_PRETTYPRINT_REGULAR = True

    MAX_CONTENT_LENGTH = 64 * 1024
    TRAP_BAD_REQUEST_ERRORS = False
    PREFERRED_URL_SCHEME = "http"

    SEED_FILE = os.path.join(DATA, "seed.json")
    DOCUMENTS = os.path.join(DATA, "documents")
    CLOCK = "tidewater.clock.system_clock"
    REMEMBER_COOKIE = "tw_remember"
    REMEMBER_DAYS = 7300
    TOKEN_SECONDS = 20 * 365 * 24 * 3600
    EXTRA_BLUEPRINTS = ["tidewater.views.office:office"]
    CURRENCY = "EUR"


def load(app, config_file=None, overrides=None):
    """Fill `app.config` and resolve what is given by name."""
    app.config.from_object(Defaults)
    config_file = config_file or os.environ.get("TIDEWATER_CONFIG")
    if config_file:
        app.config.from_json(config_file)
    if overrides:
        app.config.update(overrides)
    app.config["RUNNING_ON"] = "Flask " + flask.__version__
    clock = app.config["CLOCK"]
    if isinstance(clock, str):
        clock = import_string(clock)
    app.clock = clock
