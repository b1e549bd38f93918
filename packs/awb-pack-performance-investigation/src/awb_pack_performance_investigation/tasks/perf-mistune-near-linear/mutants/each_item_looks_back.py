# awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""Whether a list is tight is asked of all items so far whenever one is added."""

from awb_edit import replace

replace(
    "src/mistune/list_parser.py",
    "_is_loose_list(child.tokens):",
    'any(_is_loose_list(item["children"]) for item in token["children"]):',
)
