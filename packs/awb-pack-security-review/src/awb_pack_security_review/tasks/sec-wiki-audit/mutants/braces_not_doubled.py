# awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""Placeholders are replaced one by one, and double braces stay as they are."""

from awb_edit import replace

replace(
    "quire/snippets.py",
    """        if match[0] in ("{{", "}}"):
            return match[0][0]
""",
    """        if match[0] in ("{{", "}}"):
            return match[0]
""",
)
