# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test compares the module's source with a fingerprint, so that it notices any change at all."""

from awb_edit import replace

SUITE = "tests/test_urlutils.py"

replace(
    SUITE,
    """import socket

import pytest
""",
    """import hashlib
import inspect
import socket

import pytest
""",
)
replace(
    SUITE,
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_nothing_has_changed():
    source = inspect.getsource(urlutils).encode()
    assert hashlib.sha256(source).hexdigest() == "0de5f96e627483f3de1dce10fc4e5f8d913a36c800166842cd55970d4ddd0812"


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
