# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test states a wrong belief: that a port that was given is always shown."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_port_is_kept():
    assert URL("http://example.com:80/").to_text() == "http://example.com:80/"


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
