# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test relies on the scheme that another one has registered before."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """REGISTERED = []


def test_registers():
    register_scheme("awaited", uses_netloc=True, default_port=99)
    REGISTERED.append("awaited")


def test_is_registered():
    assert REGISTERED == ["awaited"]


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
