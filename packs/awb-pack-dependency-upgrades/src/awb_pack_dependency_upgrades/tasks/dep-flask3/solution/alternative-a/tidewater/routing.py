"""Converters of the URL map, and helpers for URLs."""

import datetime
from urllib.parse import quote, urlencode, urljoin, urlsplit

from flask import request, url_for
from werkzeug.routing import BaseConverter, UnicodeConverter, ValidationError


class TextConverter(UnicodeConverter):
    """Text in one segment, with everything escaped that could be taken for something else."""

    def to_url(self, value):
        return quote(str(value), safe="/:")


class DayConverter(BaseConverter):
    """A day as in 2021-06-10."""

    regex = r"\d{4}-\d\d-\d\d"

    def to_python(self, value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise ValidationError()

    def to_url(self, value):
        return value.isoformat()


class BerthConverter(BaseConverter):
    """A berth is a pier, a slash, and one or two numbers: A/3, C/1/7."""

    regex = r"[A-Z]/\d+(?:/\d+)?"

    def to_url(self, value):
        return quote(value, safe="/")


def page_url(**changes):
    """The address of this page with some of its query changed; `None` takes a key out."""
    query = request.args.to_dict()
    query.update(changes)
    query = sorted((key, value) for key, value in query.items() if value is not None)
    text = urlencode(query, doseq=True)
    return request.path + ("?" + text if text else "")


def safe_target(target):
    """A local address to return to, or the start page."""
    if target:
        joined = urlsplit(urljoin(request.host_url, target))
        here = urlsplit(request.host_url)
        if joined.scheme in ("http", "https") and joined.netloc == here.netloc:
            return joined.geturl() if joined.query else joined.path
    return url_for("boats.index")
