"""awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31"""

import socket

import pytest

from boltons import urlutils
from boltons.dictutils import OrderedMultiDict
from boltons.urlutils import (
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

RESERVED = ":/?#[]@!$&'()*+,;="
UNRESERVED = "~-._0189AZaz"


@pytest.fixture(autouse=True)
def registries():
    """Leave the registered schemes as they were found."""
    ports, bare = dict(urlutils.SCHEME_PORT_MAP), set(urlutils.NO_NETLOC_SCHEMES)
    yield
    urlutils.SCHEME_PORT_MAP.clear()
    urlutils.SCHEME_PORT_MAP.update(ports)
    urlutils.NO_NETLOC_SCHEMES.clear()
    urlutils.NO_NETLOC_SCHEMES.update(bare)


# quoting


def encoded(text, safe):
    return "".join(c if c in safe else f"%{ord(c):02X}" for c in text)


QUOTERS = [
    (quote_userinfo_part, "!$&'()*+,;=", ":/?#[]@"),
    (quote_path_part, "!$&'()*+,;=:@", "/?#[]"),
    (quote_fragment_part, "!$&'()*+,;=:@/?", "#[]"),
    (quote_query_part, "!$'()*,;:@/?", "#[]&=+"),
]


@pytest.mark.parametrize("quote, safe, unsafe", QUOTERS)
def test_full_quoting(quote, safe, unsafe):
    assert quote(RESERVED) == encoded(RESERVED, safe)
    assert quote(UNRESERVED) == UNRESERVED
    assert quote('a b%"<>\\^`{|}\x00\x7f') == "a%20b%25%22%3C%3E%5C%5E%60%7B%7C%7D%00%7F"
    assert quote("é") == quote("e\u0301") == "%C3%A9"
    assert quote("日") == "%E6%97%A5"
    assert quote(7) == "7"
    assert quote("é", full_quote=True) == "%C3%A9"


@pytest.mark.parametrize("quote, safe, unsafe", QUOTERS)
def test_minimal_quoting_touches_delimiters_only(quote, safe, unsafe):
    assert quote(RESERVED, full_quote=False) == encoded(RESERVED, safe)
    assert quote("a b%é日" + UNRESERVED, full_quote=False) == "a b%é日" + UNRESERVED
    assert quote("e\u0301", full_quote=False) == "e\u0301"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", ""),
        ("abc", "abc"),
        ("abc%20def", "abc def"),
        ("%41%4a%4A%7e", "AJJ~"),
        ("%C3%A9", "é"),
        ("é%C3%A9é", "ééé"),
        ("%", "%"),
        ("100%", "100%"),
        ("%zz%4", "%zz%4"),
        ("%%41", "%A"),
        ("%E9", "\ufffd"),
        ("ü%20%20ü", "ü  ü"),
    ],
)
def test_unquote(text, expected):
    assert unquote(text) == expected


def test_unquote_with_encoding_and_errors():
    assert unquote("%E9", encoding="latin-1") == "é"
    assert unquote("a%E9b", errors="ignore") == "ab"
    assert unquote("%C3%A9%E9", encoding=None, errors=None) == "é\ufffd"
    with pytest.raises(UnicodeDecodeError):
        unquote("%E9", errors="strict")
    with pytest.raises((AttributeError, TypeError)):
        unquote([])


@pytest.mark.parametrize(
    "value, expected",
    [
        ("", b""),
        (b"", b""),
        ("abc", b"abc"),
        (b"abc", b"abc"),
        ("abc%20def", b"abc def"),
        (b"%ff%FFx%", b"\xff\xffx%"),
        ("é%41", b"\xc3\xa9A"),
        ("%4x%41%", b"%4xA%"),
    ],
)
def test_unquote_to_bytes(value, expected):
    assert unquote_to_bytes(value) == expected


# parsing


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", (None, "")),
        (None, (None, "")),
        ("example.com", (None, "example.com")),
        ("192.168.1.1", (socket.AF_INET, "192.168.1.1")),
        ("192.168.1.256", (None, "192.168.1.256")),
        ("[::1]", (socket.AF_INET6, "::1")),
        ("[1080::200C:417A]", (socket.AF_INET6, "1080::200C:417A")),
        ("::1", (None, "::1")),
        ("[::1", (None, "[::1")),
        ("::1]", (None, "::1]")),
        ("[abc]", (None, "[abc]")),
        ("bücher.ch", (None, "bücher.ch")),
    ],
)
def test_parse_host(text, expected):
    assert parse_host(text) == expected


@pytest.mark.parametrize("text", ["[::1::2]", "[x:y]", "[é:]"])
def test_parse_host_refuses_broken_ipv6(text):
    with pytest.raises(URLParseError):
        parse_host(text)
    with pytest.raises(ValueError):
        URL("http://" + text + "/")


def parsed(text):
    found = parse_url(text)
    return tuple(found[key] for key in ("scheme", "username", "password", "family", "host", "port", "path", "query",
                                        "fragment"))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", (None, None, None, None, "", None, "", None, None)),
        ("http://a.b/c?d#e", ("http", None, None, None, "a.b", None, "/c", "d", "e")),
        ("http://u:p@a.b:81/", ("http", "u", "p", None, "a.b", 81, "/", None, None)),
        ("http://u@a.b", ("http", "u", "", None, "a.b", None, "", None, None)),
        ("http://u:p:q@a.b", ("http", "u", "p:q", None, "a.b", None, "", None, None)),
        ("http://u@v:w@a.b", ("http", "u@v", "w", None, "a.b", None, "", None, None)),
        ("http://@a.b", ("http", "", "", None, "a.b", None, "", None, None)),
        ("http://a.b:/x", ("http", None, None, None, "a.b", None, "/x", None, None)),
        ("http://a.b:0/", ("http", None, None, None, "a.b", 0, "/", None, None)),
        ("http://[::1]:8080/x", ("http", None, None, socket.AF_INET6, "::1", 8080, "/x", None, None)),
        ("http://[::1]", ("http", None, None, socket.AF_INET6, "::1", None, "", None, None)),
        ("http://[::1]/", ("http", None, None, socket.AF_INET6, "::1", None, "/", None, None)),
        ("http://u:p@[::1]:1", ("http", "u", "p", socket.AF_INET6, "::1", 1, "", None, None)),
        ("http://127.0.0.1:3000/?a=1", ("http", None, None, socket.AF_INET, "127.0.0.1", 3000, "/", "a=1", None)),
        ("http://:80", ("http", None, None, None, "", 80, "", None, None)),
        ("mailto:me@x.y?z", ("mailto", None, None, None, "", None, "me@x.y", "z", None)),
        ("a/b?c?d#e#f", (None, None, None, None, "", None, "a/b", "c?d", "e#f")),
        ("//h/p", (None, None, None, None, "h", None, "/p", None, None)),
        ("?#", (None, None, None, None, "", None, "", "", "")),
    ],
)
def test_parse_url(text, expected):
    assert parsed(text) == expected


def test_parse_url_result():
    assert set(parse_url("x")) == {"scheme", "_netloc_sep", "authority", "path", "query", "fragment", "username",
                                   "password", "family", "host", "port"}
    assert parse_url("http://u@h:1/p")["authority"] == "u@h:1"


@pytest.mark.parametrize("text", ["http://a:b", "http://a:8x/", "http://[::1]:x", "http://[::1]x/", "//a:-"])
def test_parse_url_refuses_broken_ports(text):
    with pytest.raises(URLParseError):
        parse_url(text)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", []),
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("a=1;b=2&&c", [("a", "1"), ("b", "2"), ("c", None)]),
        ("a=", [("a", None)]),
        ("=1", [("", "1")]),
        ("a=b=c", [("a", "b=c")]),
        ("a+b=c+d", [("a b", "c d")]),
        ("a%2Bb=c%26d%20", [("a+b", "c&d ")]),
        ("a=1&a=2", [("a", "1"), ("a", "2")]),
    ],
)
def test_parse_qsl(text, expected):
    assert parse_qsl(text) == expected


def test_parse_qsl_options():
    assert parse_qsl("a=&b&c=1", keep_blank_values=False) == [("c", "1")]
    assert parse_qsl("%E9=%E9", encoding="latin-1") == [("é", "é")]
    assert parse_qsl("%E9=%E9") == [("\ufffd", "\ufffd")]


@pytest.mark.parametrize(
    "parts, expected",
    [
        ([], []),
        (["", "a", ".", "b"], ["", "a", "b"]),
        (["", "a", "..", "b"], ["", "b"]),
        (["", "..", "..", "b"], ["", "b"]),
        (["a", "..", "b"], ["b"]),
        (["..", "b"], ["b"]),
        (["", "a", "."], ["", "a", ""]),
        (["", "a", "b", ".."], ["", "a", ""]),
        (("a", "b", "c", "..", "..", "d"), ["a", "d"]),
        (["a", "", ".."], ["a", ""]),
        (["..."], ["..."]),
    ],
)
def test_resolve_path_parts(parts, expected):
    assert resolve_path_parts(parts) == expected


# URL


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com",
        "http://example.com/",
        "http://example.com:8080/a/b/?q=123&r=Nothing%20Special#frag",
        "https://xn--bcher-kva.ch",
        "http://wiki:pedia@hatnote.com",
        "http://[1080:0:0:0:8:800:200C:417A]/index.html",
        "https://[::1]:444/?hi=bye",
        "ssh://192.0.2.16:2222/",
        "mailto:me@example.com?to=a@b.c",
        "urn:oasis:member:A00024:x",
        "http://localhost/foo%2Fbar/%20",
        "http://localhost/foo?n&m=/a/b",
        "http://(%2525)/(%2525)?(%2525)&(%2525)=(%2525)#(%2525)",
        "fakescheme://test.com",
        "mockscheme:hello:world",
        "file:///etc/hosts",
        "git+ssh://host/x",
        "unknown:///x",
        "relative/path",
        "/absolute?q=1",
        "//host/path",
        "?q",
        "#f",
        "",
    ],
)
def test_round_trip(text):
    url = URL(text)
    assert url.to_text(full_quote=True) == text
    assert URL(text.encode("utf8")) == url


def test_copies():
    url = URL("http://u:p@h:81/a?b=c#d")
    copy = URL(url)
    assert copy == url and copy is not url
    assert eval(repr(url), {"URL": URL}) == url


def test_attributes_are_decoded():
    url = URL("http://%75ser:p%40ss@xn--bcher-kva.ch:8000/a%2Fb/%C3%A9?k%20=%26#f%23")
    assert (url.scheme, url.username, url.password, url.host) == ("http", "user", "p@ss", "bücher.ch")
    assert (url.port, url.path_parts, url.fragment, url.family) == (8000, ("", "a/b", "é"), "f#", None)
    assert url.path == "/a%2Fb/é"
    assert url.query_params.items() == [("k ", "&")]
    assert url.qp is url.query_params
    assert url.to_text() == "http://user:p%40ss@bücher.ch:8000/a%2Fb/é?k =%26#f%23"
    assert str(url) == url.to_text()
    assert repr(url) == f"URL({url.to_text()!r})"
    assert url.to_text(full_quote=True).startswith("http://user:p%40ss@xn--bcher-kva.ch:8000/a%2Fb/%C3%A9?k%20=%26#f%23")


def test_empty_url():
    url = URL()
    assert (url.scheme, url.username, url.password, url.host, url.fragment) == ("", "", "", "", "")
    assert url.port is None and url.family is None and url.path_parts == ("",) and url.path == ""
    assert url.query_params == {} and not url.uses_netloc
    assert url == URL("")


def test_non_ascii_host_is_kept():
    assert URL("http://bücher.ch/").host == "bücher.ch"
    assert URL("http://192.168.0.1").family == socket.AF_INET


def test_broken_bytes():
    with pytest.raises(URLParseError):
        URL(b"http://\xe9.com")


def test_path_setter():
    url = URL("http://h/x")
    url.path = "/a%20b/c"
    assert url.path_parts == ("", "a b", "c")
    assert url.to_text(full_quote=True) == "http://h/a%20b/c"
    url.path = 7
    assert url.path_parts == ("7",)
    assert str(url) == "http://h/7"


@pytest.mark.parametrize(
    "scheme, netloc, port",
    [
        ("http", True, 80),
        ("https", True, 443),
        ("ftp", True, 21),
        ("ssh", True, 22),
        ("file", True, None),
        ("git+ssh", True, 22),
        ("a+b+https", True, 443),
        ("mailto", False, None),
        ("urn", False, None),
        ("zzz", "", None),
        ("", "", None),
    ],
)
def test_scheme_knowledge(scheme, netloc, port):
    url = URL()
    url.scheme = scheme
    assert url.uses_netloc == netloc
    assert url.default_port == port


def test_default_port_is_left_out():
    assert str(URL("http://h:80/")) == "http://h/"
    assert str(URL("http://h:443/")) == "http://h:443/"
    assert str(URL("git+ssh://h:22/")) == "git+ssh://h/"
    assert str(URL("zzz://h:80/")) == "zzz://h:80/"


def test_separator_rules():
    url = URL()
    url.scheme, url.path = "http", "x"
    assert str(url) == "http://x"
    url.host = "h"
    assert str(url) == "http://h/x"
    url.path = "//y"
    url.host = ""
    assert str(url) == "http://y"
    url.scheme, url.path = "mailto", "a@b"
    assert str(url) == "mailto:a@b"


def test_register_scheme():
    register_scheme("Deltron", uses_netloc=True, default_port="3030")
    assert str(URL("deltron://h:3030/x")) == "deltron://h/x"
    assert URL("deltron://h").default_port == 3030
    register_scheme("nonetron", uses_netloc=False)
    assert URL("nonetron:x").uses_netloc is False
    assert "nonetron" not in urlutils.SCHEME_PORT_MAP
    register_scheme("plain", uses_netloc=True)
    assert urlutils.SCHEME_PORT_MAP["plain"] is None
    register_scheme("ghost")
    assert "ghost" not in urlutils.SCHEME_PORT_MAP and "ghost" not in urlutils.NO_NETLOC_SCHEMES


@pytest.mark.parametrize(
    "options",
    [
        {"uses_netloc": True, "default_port": "x"},
        {"uses_netloc": False, "default_port": 80},
        {"uses_netloc": "maybe"},
        {"uses_netloc": 1},
    ],
)
def test_register_scheme_refuses(options):
    with pytest.raises(ValueError):
        register_scheme("broken", **options)
    assert "broken" not in urlutils.SCHEME_PORT_MAP and "broken" not in urlutils.NO_NETLOC_SCHEMES


def test_from_parts():
    url = URL.from_parts(scheme="https", host="h", path_parts=["", "a b"], query_params=[("k", "v"), ("l", "w")],
                         fragment="f", port=8443, username="u", password="p")
    assert url.to_text(full_quote=True) == "https://u:p@h:8443/a%20b?k=v&l=w#f"
    assert url.path_parts == ("", "a b")
    bare = URL.from_parts()
    assert bare.path_parts == ("",) and bare.scheme is None and bare.host is None and bare.port is None
    assert bare.username is None and bare.password is None and bare.fragment == "" and not bare.query_params
    assert URL.from_parts(query_params={"a": "1"}).query_params["a"] == "1"


def test_authority():
    url = URL("ftp://us%2Fer:p%3Aw@bücher.ch:2121/x")
    assert url.get_authority() == "bücher.ch:2121"
    assert url.get_authority(with_userinfo=True) == "us%2Fer:p%3Aw@bücher.ch:2121"
    assert url.get_authority(full_quote=True) == "xn--bcher-kva.ch:2121"
    url.password = ""
    assert url.get_authority(with_userinfo=True) == "us%2Fer@bücher.ch:2121"
    url.username, url.password = "", "secret"
    assert url.get_authority(with_userinfo=True) == ":secret@bücher.ch:2121"
    url.password, url.port = "", None
    assert url.get_authority(with_userinfo=True) == "bücher.ch"
    url.host, url.port = "", 99
    assert url.get_authority() == ""
    assert URL("http://[::1]:99").get_authority() == "[::1]:99"


def test_normalize():
    url = URL("HTTP://Example.COM/a/./b/../C")
    url.normalize()
    assert str(url) == "http://example.com/a/C"
    url = URL("HTTP://Example.COM/a/..")
    url.normalize(with_case=False)
    assert str(url) == "HTTP://Example.COM/"


@pytest.mark.parametrize(
    "destination, expected",
    [
        ("", "http://u:p@h.com:81/a/b?q=1"),
        ("c", "http://u:p@h.com:81/a/c"),
        ("c/d?x=2#f", "http://u:p@h.com:81/a/c/d?x=2#f"),
        ("/c", "http://u:p@h.com:81/c"),
        ("../c", "http://u:p@h.com:81/c"),
        ("./", "http://u:p@h.com:81/a/"),
        ("?x=2", "http://u:p@h.com:81/a/b?x=2"),
        ("#f", "http://u:p@h.com:81/a/b?q=1#f"),
        ("//v@other.org:82/z", "http://v:p@other.org:82/z"),
        ("//:w@other.org/z", "http://u:w@other.org:81/z"),
        ("https://other.org/../z", "https://other.org/../z"),
        ("HTTPS:x", "https://u:p@h.com:81/a/x"),
    ],
)
def test_navigate(destination, expected):
    base = URL("http://u:p@h.com:81/a/b?q=1#old")
    assert str(base.navigate(destination)) == expected
    assert str(base.navigate(URL(destination))) == expected
    assert str(base) == "http://u:p@h.com:81/a/b?q=1#old"


def test_navigate_gives_new_urls():
    base, other = URL("http://h.com/a"), URL("http://other.org/b")
    found = base.navigate(other)
    assert found == other and found is not other


def test_equality():
    text = "http://u:p@h.com:81/a?q=1#f"
    url = URL(text)
    assert url == URL(text)
    assert not url != URL(text)
    for other in ("https://u:p@h.com:81/a?q=1#f", "http://v:p@h.com:81/a?q=1#f", "http://u:q@h.com:81/a?q=1#f",
                  "http://u:p@i.com:81/a?q=1#f", "http://u:p@h.com:82/a?q=1#f", "http://u:p@h.com:81/b?q=1#f",
                  "http://u:p@h.com:81/a?q=2#f", "http://u:p@h.com:81/a?q=1#g"):
        assert url != URL(other)
        assert not url == URL(other)
    assert url != text
    assert URL("x://h") != URL("x:h")


# query parameters


def test_query_params():
    params = QueryParamDict.from_text("key=val1&key=val2&utm_source=rtd&blank&empty=")
    assert isinstance(params, OrderedMultiDict)
    assert params.getlist("key") == ["val1", "val2"]
    assert params["key"] == "val2"
    assert params["blank"] is None and params["empty"] is None
    params.add("key", "é &")
    params["n"] = 3
    assert params.to_text() == "key=val1&key=val2&utm_source=rtd&blank&empty&key=é %26&n=3"
    assert params.to_text(full_quote=True) == "key=val1&key=val2&utm_source=rtd&blank&empty&key=%C3%A9%20%26&n=3"
    assert QueryParamDict([("a&", ""), (1, None)]).to_text() == "a%26=&1"
    assert QueryParamDict([("é", "x")]).to_text(full_quote=True) == "%C3%A9=x"


def test_query_params_are_kept_on_the_url():
    url = URL("http://h/?a=1")
    url.query_params["b"] = "2"
    assert str(url) == "http://h/?a=1&b=2"
    assert type(url.qp) is QueryParamDict


# finding links


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", []),
        ("nothing here", ["nothing here"]),
        ("Visit https://boltons.rtfd.org!", ["Visit ", URL("https://boltons.rtfd.org"), "!"]),
        ("www.a.com and http://b.org/c.", [URL("https://www.a.com"), " and ", URL("http://b.org/c"), "."]),
        ("http://a.com http://b.com", [URL("http://a.com"), " ", URL("http://b.com")]),
        ("x http://a.com:bad y", ["x http://a.com:bad y"]),
        ("x http://a.com:bad", ["x http://a.com:bad"]),
        ("(http://a.com/x(y))", ["(", URL("http://a.com/x(y)"), ")"]),
        ("(http://a.com)", ["(", URL("http://a.com"), ")"]),
        ("a http://a:b c http://d.com", ["a http://a:b", " c ", URL("http://d.com")]),
    ],
)
def test_find_all_links(text, expected):
    found = find_all_links(text, with_text=True)
    if "bad" in text:
        assert "".join(found) == text
    else:
        assert found == expected
    assert find_all_links(text) == [item for item in expected if isinstance(item, URL)]


def test_find_all_links_options():
    text = "ftp://a.com www.b.com http://c.com"
    assert find_all_links(text) == [URL("ftp://a.com"), URL("https://www.b.com"), URL("http://c.com")]
    assert find_all_links(text, default_scheme="http") == [URL("ftp://a.com"), URL("http://www.b.com"),
                                                           URL("http://c.com")]
    assert "".join(find_all_links("www.b.com x", default_scheme=False, with_text=True)) == "www.b.com x"
    assert "".join(find_all_links("a ftp://a.com b", schemes=("http",), with_text=True)) == "a ftp://a.com b"
    assert str(find_all_links("see http://a.com/?x=1&amp;y=2")[0]).startswith("http://a.com/?x=1&")
    assert [u for u in find_all_links(text, schemes=["http", "https"]) if isinstance(u, URL)] == [
        URL("https://www.b.com"), URL("http://c.com")]
