# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test asks for the `repr` of the helper class, which a refactoring may change."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_helper():
    assert "cachedproperty func=" in repr(vars(URL)["query_params"])


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
