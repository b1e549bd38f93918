"""Password hashes: PBKDF2, with the parameters in the text."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from quire.errors import Invalid

MINIMUM_LENGTH = 10


def check_strength(password: str) -> None:
    if len(password) < MINIMUM_LENGTH:
        raise Invalid(f"a password has at least {MINIMUM_LENGTH} characters")
    if len(password) > 200 or len(set(password)) < 4:
        raise Invalid("this password is too simple")


def hash_password(password: str, rounds: int) -> str:
    salt = secrets.token_bytes(16)
    return _encode(rounds, salt, _derive(password, salt, rounds))


def verify_password(password: str, stored: str) -> bool:
    try:
        kind, rounds, salt, wanted = stored.split("$")
        given = _derive(password, base64.b64decode(salt), int(rounds))
    except ValueError:
        return False
    return kind == "pbkdf2" and hmac.compare_digest(given, base64.b64decode(wanted))


def _derive(password: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)


def _encode(rounds: int, salt: bytes, key: bytes) -> str:
    return f"pbkdf2${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"
