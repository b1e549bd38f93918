# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""Schemes that the tests register stay registered."""

from awb_edit import replace

replace("tests/test_urlutils.py", "@pytest.fixture(autouse=True)\n", "@pytest.fixture\n")
