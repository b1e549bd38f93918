"""Tokens of the API, calendar links and the remember cookie."""

from flask import current_app
from itsdangerous import BadData, SignatureExpired, TimedJSONWebSignatureSerializer, TimestampSigner, URLSafeSerializer
from itsdangerous.encoding import want_bytes


class TokenError(Exception):
    """Carries the reason as its text: `expired` or `invalid`."""


def _api_serializer():
    return TimedJSONWebSignatureSerializer(
        current_app.config["SECRET_KEY"],
        expires_in=current_app.config["TOKEN_SECONDS"],
        salt="tidewater-api",
    )


def issue_api_token(member, scopes=("read",)):
    return _api_serializer().dumps({"sub": member.login, "scopes": list(scopes)}).decode("ascii")


def read_api_token(token):
    """Return the claims of a token, or raise `TokenError`."""
    try:
        claims = _api_serializer().loads(token)
    except SignatureExpired:
        raise TokenError("expired")
    except BadData:
        raise TokenError("invalid")
    if not isinstance(claims, dict) or "sub" not in claims:
        raise TokenError("invalid")
    return claims


def _calendar_serializer():
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="tidewater-calendar")


def calendar_key(member):
    return _calendar_serializer().dumps(["calendar", member.login])


def read_calendar_key(key):
    try:
        kind, login = _calendar_serializer().loads(key)
    except (BadData, ValueError):
        raise TokenError("invalid")
    if kind != "calendar":
        raise TokenError("invalid")
    return login


def _remember_signer():
    return TimestampSigner(current_app.config["SECRET_KEY"], salt="tidewater-remember")


def remember_value(login):
    return _remember_signer().sign(want_bytes(login)).decode("ascii")


def read_remember_value(value):
    """Return the login and the moment it was signed, or `None`."""
    seconds = current_app.config["REMEMBER_DAYS"] * 86400
    try:
        login, signed = _remember_signer().unsign(value, max_age=seconds, return_timestamp=True)
    except BadData:
        return None
    return login.decode("utf-8"), signed.replace(tzinfo=None)
