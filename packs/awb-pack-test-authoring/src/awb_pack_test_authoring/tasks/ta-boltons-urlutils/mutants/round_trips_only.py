# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""The suite parses URLs and writes them again, and hardly looks at anything else."""

from awb_edit import write

write(
    "tests/test_urlutils.py",
    """\
import pytest

from boltons.urlutils import URL, find_all_links, parse_qsl, resolve_path_parts

TEXTS = ["http://h.com/a?b=c#d", "https://u:p@h:81/", "mailto:me@h.com", "http://[::1]:81/x", "/a/b", ""]


@pytest.mark.parametrize("text", TEXTS)
def test_round_trip(text):
    assert URL(text).to_text() == text


def test_lists():
    assert parse_qsl("a=1&b=2") == [("a", "1"), ("b", "2")]
    assert resolve_path_parts(["", "a", "..", "b"]) == ["", "b"]
    assert find_all_links("see http://h.com/ now") == [URL("http://h.com/")]
""",
)
