# awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""Whether a list is tight is decided anew with each item, so that only the last one counts."""

from awb_edit import replace

replace(
    "src/mistune/list_parser.py",
    """    if token["tight"] and _is_loose_list(child.tokens):
        token["tight"] = False
""",
    '    token["tight"] = not _is_loose_list(child.tokens)\n',
)
