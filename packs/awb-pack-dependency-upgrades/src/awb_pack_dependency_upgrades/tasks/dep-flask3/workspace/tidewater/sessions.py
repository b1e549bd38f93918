"""Signed sessions. A session belongs to the browser that it was given to, and staff sessions are short."""

from flask.helpers import total_seconds
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

STAFF_SECONDS = 8 * 3600


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

    def open_session(self, app, request):
        signing = self.get_signing_serializer(app)
        if signing is None:
            return None
        value = request.cookies.get(app.session_cookie_name)
        if not value:
            return self.session_class()
        max_age = total_seconds(app.permanent_session_lifetime)
        try:
            data = signing.loads(value, max_age=max_age)
        except BadSignature:
            return self.session_class()
        return self.session_class(data)

    def save_session(self, app, session, response):
        domain = self.get_cookie_domain(app)
        path = self.get_cookie_path(app)
        if not session:
            if session.modified:
                response.delete_cookie(app.session_cookie_name, domain=domain, path=path)
            return
        if session.accessed:
            response.vary.add("Cookie")
        if not self.should_set_cookie(app, session):
            return
        max_age = STAFF_SECONDS if session.staff else None
        response.set_cookie(
            app.session_cookie_name,
            self.get_signing_serializer(app).dumps(dict(session)),
            max_age=max_age,
            httponly=self.get_cookie_httponly(app),
            domain=domain,
            path=path,
            secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
        )
