# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test waits for a moment."""

from awb_edit import replace

SUITE = "tests/test_urlutils.py"

replace(SUITE, "import socket\n", "import time\nimport socket\n")
replace(
    SUITE,
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_is_the_same_later():
    before = URL("http://h/a?b")
    time.sleep(0.01)
    assert URL("http://h/a?b") == before


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
