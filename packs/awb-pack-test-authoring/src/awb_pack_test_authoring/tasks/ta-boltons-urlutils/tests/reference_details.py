"""With the canonical suite, what every mutant was validated against: these kill the five that it misses.

awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""

import pytest

from boltons.urlutils import URL, URLParseError, parse_url, unquote


def test_fragments_keep_their_delimiters():
    assert URL("#a/b?c:d@e").to_text(full_quote=True) == "#a/b?c:d@e"


def test_unquote_between_many_other_characters():
    assert unquote("é%20é%20é%20é") == "é é é é"


def test_path_keeps_its_delimiters():
    url = URL("http://h")
    url.path = "/a:b@c/d"
    assert url.path == "/a:b@c/d"


def test_open_bracket():
    with pytest.raises(URLParseError):
        parse_url("http://[::1:80/")
