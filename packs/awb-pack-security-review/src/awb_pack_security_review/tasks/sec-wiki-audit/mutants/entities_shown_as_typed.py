# awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""The alternative text is escaped, but its entities are not resolved any more."""

from awb_edit import replace

replace(
    "quire/markup.py",
    "text = html.unescape(alt.strip() or name.strip())",
    "text = alt.strip() or name.strip()",
)
