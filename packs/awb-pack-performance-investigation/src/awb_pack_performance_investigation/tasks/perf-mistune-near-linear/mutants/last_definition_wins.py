# awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""Of two definitions of a label the later one takes effect, as it is simply written to the dictionary."""

from awb_edit import replace

replace("src/mistune/block_parser.py", 'if key not in state.env["ref_links"]:\n', "if key:\n")
