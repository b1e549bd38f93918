"""Signed sessions. A session belongs to the browser that it was given to, and staff sessions are short."""

import time

from flask.json.tag import TagDateTime, TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

STAFF_SECONDS = 8 * 3600


class TagDeskTime(TagDateTime):
    """The desk reckons with times without a zone, so they come out of a session as they went in."""

    __slots__ = ()

    def to_python(self, value):
        return super().to_python(value).replace(tzinfo=None)


def session_serializer():
    serializer = TaggedJSONSerializer()
    serializer.register(TagDeskTime, force=True, index=0)
    return serializer


class DeskSession(SecureCookieSession):
    @property
    def login(self):
        return self.get("login")

    @property
    def staff(self):
        return bool(self.get("staff"))


class DeskSessions(SecureCookieSessionInterface):
    salt = "tidewater-session"
    serializer = session_serializer()
    session_class = DeskSession

    def open_session(self, app, request):
        signing = self.get_signing_serializer(app)
        if signing is None:
            return None
        value = request.cookies.get(self.get_cookie_name(app))
        if not value:
            return self.session_class()
        try:
            data, signed = signing.loads(value, return_timestamp=True)
        except BadSignature:
            return self.session_class()
        # The clock of the release that issued it may be ahead; only `max_age` would mind.
        if int(time.time()) - signed.timestamp() > app.permanent_session_lifetime.total_seconds():
            return self.session_class()
        return self.session_class(data)

    def get_cookie_domain(self, app):
        """The configured domain, or the name of the server with all names below it."""
        domain = app.config["SESSION_COOKIE_DOMAIN"]
        if domain is not None:
            return domain or None
        name = (app.config["SERVER_NAME"] or "").rsplit(":", 1)[0].lstrip(".")
        if "." not in name or name.replace(".", "").isdigit() or self.get_cookie_path(app) != "/":
            return name if "." in name else None
        return "." + name

    def save_session(self, app, session, response):
        domain = self.get_cookie_domain(app)
        path = self.get_cookie_path(app)
        if not session:
            if session.modified:
                response.delete_cookie(self.get_cookie_name(app), domain=domain, path=path)
            return
        if session.accessed:
            response.vary.add("Cookie")
        if not self.should_set_cookie(app, session):
            return
        max_age = STAFF_SECONDS if session.staff else None
        response.set_cookie(
            self.get_cookie_name(app),
            self.get_signing_serializer(app).dumps(dict(session)),
            max_age=max_age,
            httponly=self.get_cookie_httponly(app),
            domain=domain,
            path=path,
            secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
        )
