"""Signed sessions. A session belongs to the browser that it was given to, and staff sessions are short."""

from flask.json.tag import TagDateTime, TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

from .tokens import outlived

STAFF_SECONDS = 8 * 3600


class TagMoment(TagDateTime):
    """Moments come back without a time zone, as the clock gives them."""

    __slots__ = ()

    def to_python(self, value):
        return super().to_python(value).replace(tzinfo=None)


class DeskSession(SecureCookieSession):
    @property
    def login(self):
        return self.get("login")

    @property
    def staff(self):
        return bool(self.get("staff"))


class DeskSessions(SecureCookieSessionInterface):
    salt = "tidewater-session"
    session_class = DeskSession
    serializer = TaggedJSONSerializer()
    serializer.register(TagMoment, force=True)

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
        if outlived(signed, int(app.permanent_session_lifetime.total_seconds())):
            return self.session_class()
        return self.session_class(data)

    def get_cookie_domain(self, app):
        """As configured, else that of the server if it has a name that browsers take."""
        domain = app.config["SESSION_COOKIE_DOMAIN"]
        if domain is not None:
            return domain or None
        name = (app.config["SERVER_NAME"] or "").rsplit(":", 1)[0].lstrip(".")
        return name if "." in name else None

    def save_session(self, app, session, response):
        name = self.get_cookie_name(app)
        domain = self.get_cookie_domain(app)
        path = self.get_cookie_path(app)
        if not session:
            if session.modified:
                response.delete_cookie(name, domain=domain, path=path)
            return
        if session.accessed:
            response.vary.add("Cookie")
        if not self.should_set_cookie(app, session):
            return
        max_age = STAFF_SECONDS if session.staff else None
        response.set_cookie(
            name,
            self.get_signing_serializer(app).dumps(dict(session)),
            max_age=max_age,
            httponly=self.get_cookie_httponly(app),
            domain=domain,
            path=path,
            secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
        )
