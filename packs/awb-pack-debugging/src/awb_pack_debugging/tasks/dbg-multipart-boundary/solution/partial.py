"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

Half the work: the form parser and the search for the end of the headers are right again, the search for a delimiter
still starts from stale positions.
"""

from awb_edit import replace

PARSER = "src/werkzeug/formparser.py"

replace(
    PARSER,
    """                    elif event.data:
                        pending += event.data
                        if len(pending) >= self.write_size or not event.more_data:
                            _write(bytes(pending))
                            pending.clear()
""",
    """                    else:
                        pending += event.data
                        if len(pending) >= self.write_size or not event.more_data:
                            _write(bytes(pending))
                            pending.clear()
""",
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
    "src/werkzeug/sansio/multipart.py",
    'self._search_position = max(0, len(self.buffer) - len(b"\\r\\n"))',
    "self._search_position = max(0, len(self.buffer) - SEARCH_EXTRA_LENGTH)",
)
