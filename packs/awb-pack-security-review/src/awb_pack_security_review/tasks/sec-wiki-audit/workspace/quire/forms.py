"""Forms: the token against forged submissions, and checks of single fields."""

from __future__ import annotations

import hmac
import re

from quire.errors import Forbidden, Invalid
from quire.http import SAFE_METHODS, Request
from quire.sessions import Session

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[A-Za-z0-9.-]{3,190}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,31}")
ZONES = ("UTC", "Europe/Berlin", "Europe/London", "America/New_York", "Asia/Tokyo")


def verify(request: Request, session: Session) -> None:
    """Refuse a change that does not come from one of our own pages.

    Raises:
        Forbidden: the token of the session is missing or wrong.
    """
    if request.method in SAFE_METHODS:
        return
    if not request.form and not request.files:
        return
    given = request.form.get(FIELD, [""])[0] or request.header(HEADER)
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Forbidden("this form is too old; go back, reload the page and try again")


def required(request: Request, name: str, *, limit: int = 200) -> str:
    text = request.value(name).strip()
    if not text:
        raise Invalid(f"{name} is missing")
    if len(text) > limit:
        raise Invalid(f"{name} is too long")
    return text


def user_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise Invalid("a name starts with a letter and has 2 to 32 letters, digits, _ . or -")
    return text


def email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise Invalid("this is no e-mail address")
    return text


def choice(text: str, choices: tuple[str, ...], what: str) -> str:
    if text not in choices:
        raise Invalid(f"{what} is one of {', '.join(choices)}")
    return text
