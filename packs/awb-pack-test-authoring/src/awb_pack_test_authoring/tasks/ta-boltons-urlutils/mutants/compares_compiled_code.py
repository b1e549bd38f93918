# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test compares the names in a compiled function, so that it notices calls left out."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_nothing_has_changed():
    names = register_scheme.__code__.co_names
    assert sorted(names) == ["NO_NETLOC_SCHEMES", "SCHEME_PORT_MAP", "ValueError", "add", "int", "lower"]


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
