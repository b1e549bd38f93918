"""Errors that end a request with a status."""

from __future__ import annotations


class HTTPError(Exception):
    """A request that ends with `status` and a message for the user."""

    status = 500

    def __init__(self, message: str = "", *, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.headers = headers or {}


class BadRequest(HTTPError):
    status = 400


class Unauthorized(HTTPError):
    status = 401


class Forbidden(HTTPError):
    status = 403


class NotFound(HTTPError):
    status = 404


class MethodNotAllowed(HTTPError):
    status = 405


class Conflict(HTTPError):
    status = 409


class TooLarge(HTTPError):
    status = 413


class TooMany(HTTPError):
    status = 429


class Invalid(BadRequest):
    """A form field or a document that cannot be accepted."""
