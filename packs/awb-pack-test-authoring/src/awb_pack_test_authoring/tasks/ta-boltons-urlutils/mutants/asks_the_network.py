# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test asks the name service for the host it has parsed."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_host_is_found():
    assert socket.getaddrinfo(URL("http://localhost:80/").host, 80)


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
