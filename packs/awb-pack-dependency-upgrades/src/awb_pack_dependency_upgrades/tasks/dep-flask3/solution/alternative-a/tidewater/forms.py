"""Forms and queries as the desk reads them: what is not UTF-8 is replaced, never dropped nor left escaped."""

from urllib.parse import parse_qsl, quote_from_bytes

from werkzeug.formparser import FormDataParser

# Everything that separates or escapes in a form, and all other ASCII too.
_ASCII = bytes(range(128))
URLENCODED = {"application/x-www-form-urlencoded", "application/x-url-encoded"}


def pairs(data):
    """Names and values of url-encoded bytes."""
    return parse_qsl(quote_from_bytes(data, safe=_ASCII), keep_blank_values=True, errors="replace")


class DeskFormParser(FormDataParser):
    def parse(self, stream, mimetype, content_length, options=None):
        if mimetype in URLENCODED:
            return stream, self.cls(pairs(stream.read())), self.cls()
        return super().parse(stream, mimetype, content_length, options)
