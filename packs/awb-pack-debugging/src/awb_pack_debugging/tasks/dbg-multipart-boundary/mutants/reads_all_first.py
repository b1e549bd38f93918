# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""The form parser collects the whole input before it decodes, so that no cut is left to go wrong."""

from awb_edit import replace

replace(
    "src/werkzeug/formparser.py",
    """    while data := read(size):
        yield data
""",
    """    if data := b"".join(iter(lambda: read(size), b"")):
        yield data
""",
)
