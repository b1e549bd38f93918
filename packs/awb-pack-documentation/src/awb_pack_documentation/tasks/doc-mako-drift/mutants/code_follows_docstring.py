# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""Where docstring and signature differed on a default, the signature was changed."""

from awb_edit import replace

UTIL = "mako/util.py"

replace(UTIL, 'def read_file(path, mode="rb"):', 'def read_file(path, mode="r"):')
replace(
    UTIL,
    """``'rb'``.
    :type mode: str""",
    """``'r'``.
    :type mode: str""",
)
