# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test looks at a name with a leading underscore, which a refactoring may change."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_pattern_finds_the_scheme():
    assert urlutils._URL_RE.match("http://h/").groupdict()["scheme"] == "http"


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
