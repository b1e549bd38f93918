"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

The reported failures are gone: the parser reads to the end and writes what is pending, and the decoder searches
again whatever it still holds.
"""

from awb_edit import replace

DECODER = "src/werkzeug/sansio/multipart.py"
PARSER = "src/werkzeug/formparser.py"

replace(
    PARSER,
    "                    elif event.data:\n                        pending += event.data",
    "                    else:\n                        pending += event.data",
)
replace(
    PARSER,
    """        yield data

        if len(data) < size:
            break

""",
    """        yield data

""",
)
replace(
    DECODER,
    "self._search_position = max(0, len(self.buffer) - len(b\"\\r\\n\"))",
    "self._search_position = max(0, len(self.buffer) - SEARCH_EXTRA_LENGTH)",
)
replace(
    DECODER,
    """            # What stays in the buffer has been searched once, so that
            # only the boundary itself can begin in front of new data.
            self._search_position = max(
                0, len(data) - del_index - len(self.boundary)
            )
""",
    """            # What stays in the buffer may be the beginning of a boundary,
            # which is searched from its line break.
            self._search_position = 0
""",
)
