# awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""The next blank line is remembered without the text that it was found in, although quotes and items are their own."""

from awb_edit import replace

replace("src/mistune/block_parser.py", "known[0] is state.src and ", "")
