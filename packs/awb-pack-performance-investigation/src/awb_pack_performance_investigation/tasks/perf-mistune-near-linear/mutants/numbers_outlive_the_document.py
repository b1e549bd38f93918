# awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""Numbers of footnotes are kept for the parser's life, so that the next document goes on with them."""

from awb_edit import replace

FOOTNOTES = "src/mistune/plugins/footnotes.py"

replace(
    FOOTNOTES,
    """        numbers = state.env.setdefault("footnote_numbers", {})
""",
    "        numbers = _NUMBERS\n",
)
replace(
    FOOTNOTES,
    "def parse_inline_footnote(",
    """_NUMBERS: Dict[str, int] = {}


def parse_inline_footnote(""",
)
