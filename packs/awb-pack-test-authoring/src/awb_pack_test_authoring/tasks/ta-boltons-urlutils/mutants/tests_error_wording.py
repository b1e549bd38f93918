# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test asks for the wording of an error, which a refactoring may change."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_port_is_a_number():
    with pytest.raises(URLParseError, match="expected integer for port"):
        parse_url("http://h:x/")


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
