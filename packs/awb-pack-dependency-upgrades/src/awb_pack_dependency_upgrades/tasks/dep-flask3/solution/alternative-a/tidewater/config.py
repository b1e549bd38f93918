"""Configuration: defaults here, then an optional JSON file, then what the caller passes."""

import datetime
import json
import os
from importlib.metadata import version

from werkzeug.utils import import_string

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


class Defaults(object):
    SECRET_KEY = "harbour-master"
    SESSION_COOKIE_NAME = "tw_session"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    PERMANENT_SESSION_LIFETIME = datetime.timedelta(days=7300)

    # the only limit of a form is its size as a whole
    MAX_CONTENT_LENGTH = 64 * 1024
    MAX_FORM_MEMORY_SIZE = None
    MAX_FORM_PARTS = None
    SEND_FILE_MAX_AGE_DEFAULT = datetime.timedelta(hours=12)
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
        app.config.from_file(config_file, load=json.load, text=False)
    if overrides:
        app.config.update(overrides)
    app.config["RUNNING_ON"] = "Flask " + version("flask")
    clock = app.config["CLOCK"]
    if isinstance(clock, str):
        clock = import_string(clock)
    app.clock = clock
