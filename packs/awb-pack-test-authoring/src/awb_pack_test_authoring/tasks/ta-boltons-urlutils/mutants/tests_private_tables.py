# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test looks at the tables behind the quoting, whose names have a leading underscore."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_tables():
    assert urlutils._USERINFO_SAFE == urlutils._UNRESERVED_CHARS | urlutils._SUB_DELIMS
    assert "path" in URL._cmp_attrs


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
