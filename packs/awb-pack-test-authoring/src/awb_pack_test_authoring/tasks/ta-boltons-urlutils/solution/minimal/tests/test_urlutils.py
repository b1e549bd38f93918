"""awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31"""

import socket

import pytest

from boltons.urlutils import (
    SCHEME_PORT_MAP,
    URL,
    QueryParamDict,
    URLParseError,
    find_all_links,
    parse_host,
    parse_qsl,
    parse_url,
    quote_fragment_part,
    quote_path_part,
    quote_query_part,
    quote_userinfo_part,
    register_scheme,
    resolve_path_parts,
    unquote,
    unquote_to_bytes,
)


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com",
        "http://example.com/",
        "http://example.com:8080/a/b?q=1#f",
        "http://[::1]:8080/x",
        "mailto:me@example.com",
        "http://u:p@h.com/",
        "file:///etc/hosts",
        "fakescheme://test.com",
        "/path",
        "//host/path",
        "",
    ],
)
def test_round_trip(text):
    assert URL(text).to_text() == text
    assert URL(URL(text)) == URL(text)


def test_attributes():
    url = URL("https://us%20er:secret@example.com:8443/a/b%2Fc?x=1&x=2#top%21")
    assert url.scheme == "https"
    assert url.username == "us er"
    assert url.password == "secret"
    assert url.host == "example.com"
    assert url.port == 8443
    assert url.path_parts == ("", "a", "b/c")
    assert url.query_params.getlist("x") == ["1", "2"]
    assert url.fragment == "top!"
    assert str(url) == url.to_text()


def test_quoting():
    assert quote_path_part("a/b c?é") == "a%2Fb%20c%3F%C3%A9"
    assert quote_query_part("a=b&c d") == "a%3Db%26c%20d"


def test_minimal_quoting():
    assert quote_path_part("a/b c?é", full_quote=False) == "a%2Fb c%3Fé"
    assert quote_query_part("a=b&c d", full_quote=False) == "a%3Db%26c d"
    assert quote_fragment_part("a#b/c", full_quote=False) == "a%23b/c"
    assert quote_userinfo_part("a:b@c", full_quote=False) == "a%3Ab%40c"


def test_unquote():
    assert unquote("a%20b%C3%A9") == "a bé"
    assert unquote("plain") == "plain"
    assert unquote_to_bytes("a%20b") == b"a b"
    assert unquote_to_bytes("") == b""


def test_unquote_options():
    assert unquote("%E9", encoding="latin-1") == "é"
    assert unquote("%E9") == "\ufffd"
    assert unquote("100%") == "100%"


def test_parse_host():
    assert parse_host("example.com") == (None, "example.com")
    assert parse_host("127.0.0.1") == (socket.AF_INET, "127.0.0.1")
    assert parse_host("[::1]") == (socket.AF_INET6, "::1")


def test_parse_qsl():
    assert parse_qsl("a=1&b=2;c") == [("a", "1"), ("b", "2"), ("c", None)]
    assert parse_qsl("a+b=%20") == [("a b", " ")]


@pytest.mark.parametrize("text", ["http://h:x", "http://[::1::2]/"])
def test_broken(text):
    with pytest.raises(URLParseError):
        parse_url(text)


def test_resolve_path_parts():
    assert resolve_path_parts(["", "a", "..", "b", "."]) == ["", "b", ""]


def test_register_scheme():
    register_scheme("minimalist", uses_netloc=True, default_port=4242)
    try:
        assert URL("minimalist://h:4242/").to_text() == "minimalist://h/"
    finally:
        SCHEME_PORT_MAP.pop("minimalist", None)


def test_navigate():
    base = URL("http://h.com/a/b?q=1")
    assert str(base.navigate("c")) == "http://h.com/a/c"
    assert str(base.navigate("/c")) == "http://h.com/c"
    assert str(base.navigate("https://other.org/")) == "https://other.org/"


def test_navigate_keeps_what_is_not_given():
    base = URL("http://u:p@h.com:81/a/b?q=1#old")
    assert str(base.navigate("")) == "http://u:p@h.com:81/a/b?q=1"
    assert str(base.navigate("?x=2")) == "http://u:p@h.com:81/a/b?x=2"


def test_authority():
    url = URL("ftp://user:p%3Aw@ftp.debian.org:2121/x")
    assert url.get_authority() == "ftp.debian.org:2121"
    assert url.get_authority(with_userinfo=True) == "user:p%3Aw@ftp.debian.org:2121"


def test_from_parts():
    url = URL.from_parts(scheme="http", host="h", path_parts=("", "x"), query_params={"a": "1"}, port=81)
    assert str(url) == "http://h:81/x?a=1"


def test_query_params():
    assert QueryParamDict.from_text("a=1&b").to_text() == "a=1&b"


def test_links():
    assert find_all_links("Visit https://boltons.rtfd.org!", with_text=True) == [
        "Visit ",
        URL("https://boltons.rtfd.org"),
        "!",
    ]
    assert find_all_links("www.example.com") == [URL("https://www.example.com")]
