"""Tokens of the API, calendar links and the remember cookie."""

import hashlib
import json
import time

from flask import current_app
from itsdangerous import BadData, BadSignature, HMACAlgorithm, Signer, TimestampSigner, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode, want_bytes

ALGORITHM = "HS512"


class TokenError(Exception):
    """Carries the reason as its text: `expired` or `invalid`."""


def outlived(signed, seconds):
    """Whether something signed at a moment is older than it may be. A clock that runs ahead does no harm."""
    return int(time.time()) - int(signed.timestamp()) > seconds


def _api_signer():
    return Signer(current_app.config["SECRET_KEY"], salt="tidewater-api", algorithm=HMACAlgorithm(hashlib.sha512))


def _pack(value):
    return base64_encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _unpack(part):
    return json.loads(base64_decode(part))


def issue_api_token(member, scopes=("read",)):
    """A JWS in compact form; docs/formats.md has the details."""
    now = int(time.time())
    header = {"alg": ALGORITHM, "iat": now, "exp": now + current_app.config["TOKEN_SECONDS"]}
    claims = {"sub": member.login, "scopes": list(scopes)}
    return _api_signer().sign(_pack(header) + b"." + _pack(claims)).decode("ascii")


def read_api_token(token):
    """Return the claims of a token, or raise `TokenError`."""
    try:
        header, claims = [_unpack(part) for part in _api_signer().unsign(token).split(b".", 1)]
        if header["alg"] != ALGORITHM:
            raise BadSignature("algorithm")
        expiry = int(header["exp"])
    except (BadData, ArithmeticError, LookupError, TypeError, ValueError):
        raise TokenError("invalid")
    if expiry < 0:
        raise TokenError("invalid")
    if expiry < int(time.time()):
        raise TokenError("expired")
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
        login, signed = _remember_signer().unsign(value, return_timestamp=True)
    except BadData:
        return None
    if outlived(signed, seconds):
        return None
    return login.decode("utf-8"), signed.replace(tzinfo=None)
