"""It runs on the new versions; little was compared with what it did before.

awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""

from awb_edit import replace

replace(
    "tidewater/app.py",
    """from flask import Flask, request
from flask.helpers import get_root_path
""",
    """from flask import Flask, request
from flask.helpers import get_root_path
""",
)
replace(
    "tidewater/app.py",
    """from .encoding import DeskEncoder
""",
    """from .encoding import DeskProvider
""",
)
replace(
    "tidewater/app.py",
    """class Desk(Flask):
    \"\"\"Flask with the desk's own defaults.\"\"\"

    json_encoder = DeskEncoder
""",
    """class Desk(Flask):
    \"\"\"Flask with the desk's own defaults.\"\"\"

    json_provider_class = DeskProvider
""",
)
replace(
    "tidewater/app.py",
    '"jinja2.ext.autoescape", "jinja2.ext.with_", "jinja2.ext.do"',
    '"jinja2.ext.do"',
)
replace(
    "tidewater/app.py",
    """    def get_send_file_max_age(self, filename):
        \"\"\"Documents change with the season; everything else is as long-lived as Flask says.\"\"\"
""",
    """    def open_desk(self):
        \"\"\"Load the data; the first visitor or command that needs it comes here, the others find it open.\"\"\"
        with self.opening:
            if self.is_open:
                return
            self.is_open = True
            if "store" not in self.extensions:
                self.extensions["store"] = Store.from_file(self, self.config["SEED_FILE"])
            signals.desk_opened.send(self, boats=len(self.store.boats))

    def full_dispatch_request(self):
        \"\"\"Open before anything else of the first request is done, even if it fits no route.\"\"\"
        self.open_desk()
        return super(Desk, self).full_dispatch_request()

    def get_send_file_max_age(self, filename):
        \"\"\"Text documents change with the season; everything else is kept for half a day.\"\"\"
""",
)
replace(
    "tidewater/app.py",
    """    @property
    def store(self):""",
    """    def __init__(self, *args, **kwargs):
        super(Desk, self).__init__(*args, **kwargs)
        self.opening = threading.Lock()
        self.is_open = False

    @property
    def store(self):""",
)
replace(
    "tidewater/app.py",
    """\"\"\"The application factory.\"\"\"
""",
    """\"\"\"The application factory.\"\"\"

import threading
""",
)
replace(
    "tidewater/app.py",
    """    @app.before_first_request
    def open_desk():
        \"\"\"Load the data and hang in the optional parts when the first visitor comes.\"\"\"
        if "store" not in app.extensions:
            app.extensions["store"] = Store.from_file(app, app.config["SEED_FILE"])
        for name in app.config["EXTRA_BLUEPRINTS"]:
            app.register_blueprint(import_string(name))
        signals.desk_opened.send(app, boats=len(app.store.boats))

""",
    "",
)
replace(
    "tidewater/app.py",
    """        app.register_blueprint(module.blueprint)

    auth""",
    """        app.register_blueprint(module.blueprint)
    for name in app.config["EXTRA_BLUEPRINTS"]:
        app.register_blueprint(import_string(name))

    auth""",
)
replace(
    "tidewater/config.py",
    """    # JSON of the API: readable, in the order of the fields, with plain UTF-8
    JSON_SORT_KEYS = False
    JSON_AS_ASCII = False
    JSONIFY_PRETTYPRINT_REGULAR = True

""",
    "",
)
replace(
    "tidewater/config.py",
    "app.config.from_json(config_file)",
    "app.config.from_file(config_file, load=json.load)",
)
replace(
    "tidewater/config.py",
    """import datetime
import os
""",
    """import datetime
import json
import os
""",
)
replace(
    "tidewater/encoding.py",
    """from flask.json import JSONEncoder
""",
    """from flask.json.provider import DefaultJSONProvider
""",
)
replace(
    "tidewater/encoding.py",
    """class DeskEncoder(JSONEncoder):
    \"\"\"Days and times in ISO 8601, money as text, records as objects.

    Everything else is left to Flask: UUIDs, dataclasses, objects with `__html__`.
    \"\"\"

    def default(self, o):
        if isinstance(o, Decimal):
            return "%.2f" % o
        if isinstance(o, (datetime.datetime, datetime.date)):
            return o.isoformat()
        if isinstance(o, enum.Enum):
            return o.value
        if isinstance(o, (set, frozenset)):
            return sorted(o)
        if isinstance(o, Boat):
            return boat_fields(o)
        if isinstance(o, Member):
            return {"login": o.login, "name": o.name, "staff": o.staff}
        if isinstance(o, Booking):
            return booking_fields(o)
        return super(DeskEncoder, self).default(o)
""",
    """def encode(o):
    \"\"\"Days and times in ISO 8601, money as text, records as objects.

    Everything else is left to Flask: UUIDs, dataclasses, objects with `__html__`.
    \"\"\"
    if isinstance(o, Decimal):
        return "%.2f" % o
    if isinstance(o, (datetime.datetime, datetime.date)):
        return o.isoformat()
    if isinstance(o, enum.Enum):
        return o.value
    if isinstance(o, (set, frozenset)):
        return sorted(o)
    if isinstance(o, Boat):
        return boat_fields(o)
    if isinstance(o, Member):
        return {"login": o.login, "name": o.name, "staff": o.staff}
    if isinstance(o, Booking):
        return booking_fields(o)
    return DefaultJSONProvider.default(o)


class DeskProvider(DefaultJSONProvider):
    \"\"\"JSON of the API: readable, in the order of the fields, with plain UTF-8.\"\"\"

    default = staticmethod(encode)
    sort_keys = False
""",
)
replace(
    "tidewater/store.py",
    """from flask import json
from werkzeug""",
    "from werkzeug",
)
replace(
    "tidewater/store.py",
    """import datetime
from decimal""",
    """import datetime
import json
from decimal""",
)
replace(
    "tidewater/store.py",
    "json.load(stream, app=app)",
    "json.load(stream)",
)
replace(
    "tidewater/routing.py",
    """import datetime

from flask""",
    """import datetime
from urllib.parse import quote, urlencode, urljoin, urlsplit

from flask""",
)
replace(
    "tidewater/routing.py",
    """from werkzeug.urls import url_encode, url_join, url_parse, url_quote
""",
    "",
)
replace(
    "tidewater/routing.py",
    """    regex = r"[A-Z]/\\d+(?:/\\d+)?"
""",
    """    regex = r"[A-Z]/\\d+(?:/\\d+)?"
    part_isolating = False
""",
)
replace(
    "tidewater/routing.py",
    'return url_quote(value, charset=self.map.charset, safe="/")',
    'return quote(value, safe="/")',
)
replace(
    "tidewater/routing.py",
    "text = url_encode(query, sort=True)",
    "text = urlencode(sorted(query.items()))",
)
replace(
    "tidewater/routing.py",
    """        joined = url_parse(url_join(request.host_url, target))
        here = url_parse(request.host_url)
        if joined.scheme in ("http", "https") and joined.netloc == here.netloc:
            return joined.to_url() if joined.query else joined.path
""",
    """        joined = urlsplit(urljoin(request.host_url, target))
        here = urlsplit(request.host_url)
        if joined.scheme in ("http", "https") and joined.netloc == here.netloc:
            return joined.geturl() if joined.query else joined.path
""",
)
replace(
    "tidewater/sessions.py",
    """from flask.helpers import total_seconds
""",
    "",
)
replace(
    "tidewater/sessions.py",
    "app.session_cookie_name",
    "self.get_cookie_name(app)",
    count=3,
)
replace(
    "tidewater/sessions.py",
    "total_seconds(app.permanent_session_lifetime)",
    "int(app.permanent_session_lifetime.total_seconds())",
)
replace(
    "tidewater/tokens.py",
    """from flask import current_app
from itsdangerous import BadData, SignatureExpired, TimedJSONWebSignatureSerializer, TimestampSigner, URLSafeSerializer
from itsdangerous.encoding import want_bytes
""",
    """import hashlib
import hmac
import json
import time

from flask import current_app
from itsdangerous import BadData, TimestampSigner, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode, want_bytes
""",
)
replace(
    "tidewater/tokens.py",
    """def _api_serializer():
    return TimedJSONWebSignatureSerializer(
        current_app.config["SECRET_KEY"],
        expires_in=current_app.config["TOKEN_SECONDS"],
        salt="tidewater-api",
    )


def issue_api_token(member, scopes=("read",)):
    return _api_serializer().dumps({"sub": member.login, "scopes": list(scopes)}).decode("ascii")
""",
    """API_SALT = b"tidewater-api"
ALGORITHM = "HS512"


def _signature(signed):
    key = hashlib.sha1(API_SALT + b"signer" + want_bytes(current_app.config["SECRET_KEY"])).digest()
    return hmac.new(key, signed, hashlib.sha512).digest()


def _part(value):
    return base64_encode(json.dumps(value, separators=(",", ":")))


def issue_api_token(member, scopes=("read",)):
    now = int(time.time())
    header = {"alg": ALGORITHM, "iat": now, "exp": now + current_app.config["TOKEN_SECONDS"]}
    signed = _part(header) + b"." + _part({"sub": member.login, "scopes": list(scopes)})
    return (signed + b"." + base64_encode(_signature(signed))).decode("ascii")
""",
)
replace(
    "tidewater/tokens.py",
    """    try:
        claims = _api_serializer().loads(token)
    except SignatureExpired:
        raise TokenError("expired")
    except BadData:
        raise TokenError("invalid")
    if not isinstance""",
    """    try:
        signed, signature = token.encode("ascii").rsplit(b".", 1)
        right = hmac.compare_digest(base64_decode(signature), _signature(signed))
        header, claims = (json.loads(base64_decode(part)) for part in signed.split(b"."))
    except (BadData, ValueError):
        raise TokenError("invalid")
    if not right or not isinstance(header, dict) or header.get("alg") != ALGORITHM:
        raise TokenError("invalid")
    if not isinstance(header.get("exp"), int) or header["exp"] < 0:
        raise TokenError("invalid")
    if header["exp"] < time.time():
        raise TokenError("expired")
    if not isinstance""",
)
replace(
    "tidewater/passwords.py",
    """from werkzeug.security import check_password_hash, generate_password_hash, safe_str_cmp
""",
    """import hmac

from werkzeug.security import check_password_hash, generate_password_hash
""",
)
replace(
    "tidewater/passwords.py",
    """def verify(member, password):
    return check_password_hash(member.password, password or "")
""",
    """def verify(member, password):
    password = password or ""
    if member.password.count("$") < 2:
        return False
    try:
        return check_password_hash(member.password, password)
    except ValueError:
        return False
""",
)
replace(
    "tidewater/passwords.py",
    """    return safe_str_cmp(one or "", other or "")
""",
    """    return hmac.compare_digest((one or "").encode("utf-8"), (other or "").encode("utf-8"))
""",
)
replace(
    "tidewater/auth.py",
    """from flask import Blueprint, _request_ctx_stack, abort, current_app, flash, redirect, render_template, request, session
from flask import url_for
""",
    """from flask import Blueprint, abort, current_app, flash, has_request_context, redirect, render_template, request
from flask import session, url_for
""",
)
replace(
    "tidewater/auth.py",
    """    top = _request_ctx_stack.top
    if top is None:
        return None
    if not hasattr(top, "desk_member"):
        top.desk_member = _load_member()
    return top.desk_member
""",
    """    if not has_request_context():
        return None
    if not hasattr(request, "desk_member"):
        request.desk_member = _load_member()
    return request.desk_member
""",
)
replace(
    "tidewater/audit.py",
    """from flask import Request, _app_ctx_stack, current_app, request
from werkzeug.utils import cached_property
""",
    """from flask import Request, current_app, g, request
from werkzeug.utils import cached_property
""",
)
replace(
    "tidewater/audit.py",
    """    top = _app_ctx_stack.top
    if not hasattr(top, "desk_trail"):
        top.desk_trail = Trail()
    return top.desk_trail
""",
    """    if "desk_trail" not in g:
        g.desk_trail = Trail()
    return g.desk_trail
""",
)
replace(
    "tidewater/signals.py",
    """from flask.signals import Namespace, request_finished, signals_available, template_rendered
""",
    """from blinker import Namespace
from flask import request_finished, template_rendered
""",
)
replace(
    "tidewater/signals.py",
    """    if not signals_available:
        raise RuntimeError("tidewater needs blinker")
""",
    "",
)
replace(
    "tidewater/errors.py",
    """from flask import Markup, current_app, escape, jsonify, make_response, render_template, request
from werk""",
    """from flask import current_app, jsonify, make_response, render_template, request
from markupsafe import Markup, escape
from werk""",
)
replace(
    "tidewater/filters.py",
    """from flask import json, url_for
from jinja2 import Markup, contextfilter, environmentfilter, escape, evalcontextfilter
""",
    """from flask import current_app, url_for
from jinja2 import pass_context, pass_environment, pass_eval_context
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape
""",
)
replace(
    "tidewater/filters.py",
    "@contextfilter",
    "@pass_context",
)
replace(
    "tidewater/filters.py",
    "@evalcontextfilter",
    "@pass_eval_context",
)
replace(
    "tidewater/filters.py",
    "@environmentfilter",
    "@pass_environment",
)
replace(
    "tidewater/filters.py",
    "return Markup(json.htmlsafe_dumps(value))",
    "return htmlsafe_json_dumps(value, dumps=current_app.json.dumps)",
)
replace(
    "tidewater/cli.py",
    """    if "store" not in app.extensions:
        app.try_trigger_before_first_request_functions()
    return""",
    """    app.open_desk()
    return""",
)
replace(
    "tidewater/views/files.py",
    """render_template, safe_join, send_file, send_from_directory
""",
    """render_template, send_file, send_from_directory
from werkzeug.utils import safe_join
""",
)
replace(
    "tidewater/views/files.py",
    "    if not os.path.isdir(folder):",
    "    if folder is None or not os.path.isdir(folder):",
)
replace(
    "tidewater/views/files.py",
    'attachment_filename="%s-latest.txt" % slug, as_attachment=True',
    'download_name="%s-latest.txt" % slug, as_attachment=True',
)
replace(
    "tidewater/views/files.py",
    """        attachment_filename="Quittung %s.txt" % booking.boat.name,
        add_etags=False,
        cache_timeout=0,
""",
    """        download_name="Quittung %s.txt" % booking.boat.name,
        etag=False,
        max_age=0,
""",
)
replace(
    "tidewater/views/files.py",
    'attachment_filename="bookings.csv"',
    'download_name="bookings.csv"',
)
replace(
    "tidewater/views/api.py",
    "from flask import Blueprint, _request_ctx_stack, current_app, json",
    "from flask import Blueprint, current_app, json",
)
replace(
    "tidewater/views/api.py",
    "_request_ctx_stack.top.desk_member",
    "request.desk_member",
    count=2,
)
replace(
    "setup.cfg",
    """    Flask==1.1.4
    Werkzeug==1.0.1
    Jinja2==2.11.3
    MarkupSafe==2.0.1
    itsdangerous==1.1.0
    click==7.1.2
    blinker
""",
    """    Flask==3.1.2
""",
)
replace(
    "setup.cfg",
    ">=3.8",
    ">=3.9",
)
replace(
    "tests/test_members.py",
    """    value = next(cookie.value for cookie in client.cookie_jar if cookie.name == "tw_remember")
    client.cookie_jar.clear()
    client.set_cookie("localhost", "tw_remember", value)
""",
    """    client.delete_cookie("tw_session")
""",
)
replace(
    "README.md",
    """    python -m flask --app tidewater:create_app run      (once upgraded)
    FLASK_APP=tidewater flask desk fleet                (so far)
""",
    """    flask --app tidewater run
    flask --app tidewater desk fleet
""",
)
replace(
    "README.md",
    "Written for Flask 1.1.4, Werkzeug 1.0.1, Jinja2 2.11.3, itsdangerous 1.1.0, click 7.1.2 and blinker.",
    "Written for Flask 3.1 and Werkzeug 3.",
)
