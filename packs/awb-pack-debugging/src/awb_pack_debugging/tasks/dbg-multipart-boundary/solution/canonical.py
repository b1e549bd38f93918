"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

No cut changes the result: the decoder holds back exactly what may become a delimiter, padding and closing dashes
included, at the start of a part's content too.
"""

from awb_edit import replace

DECODER = "src/werkzeug/sansio/multipart.py"
PARSER = "src/werkzeug/formparser.py"

replace(
    PARSER,
    """        # File data is handed to the container in blocks of this size.
        self.write_size = 16 * 1024
""",
    "",
)
replace(PARSER, "        pending = bytearray()\n", "")
replace(PARSER, "                    pending.clear()\n                elif", "                elif")
replace(
    PARSER,
    """                    if isinstance(current_part, Field):
                        _write(event.data)
                    elif event.data:
                        pending += event.data
                        if len(pending) >= self.write_size or not event.more_data:
                            _write(bytes(pending))
                            pending.clear()

""",
    "                    _write(event.data)\n\n",
)
replace(
    PARSER,
    """    to signal end of parsing.
    \"\"\"
    while data := read(size):
        yield data

        if len(data) < size:
            break

""",
    """    to signal end of parsing. A read may return less than was asked for before the end.
    \"\"\"
    while data := read(size):
        yield data

""",
)

replace(
    DECODER,
    """# This must be long enough to contain any line breaks plus any
# additional boundary markers (--) such that they will be found in a
# subsequent search
SEARCH_EXTRA_LENGTH = 8
""",
    """# A blank line that is incomplete at the end of the buffer is at most this long.
PARTIAL_BLANK_LINE_LENGTH = 3
# What may stand between a boundary and the end of its line.
PADDING = b" \\t\\v\\f"
""",
)
replace(
    DECODER,
    """                # Update the search start position to be equal to the
                # current buffer length (already searched) minus a
                # safe buffer for part of the search target.
                self._search_position = max(
                    0, len(self.buffer) - len(self.boundary) - SEARCH_EXTRA_LENGTH
                )
""",
    """                # The last line may become a boundary, to which the line
                # break before it belongs.
                self._search_position = max(0, _last_line_index(self.buffer) - 2)
""",
)
replace(
    DECODER,
    """                # Update the search start position to be equal to the
                # current buffer length (already searched) minus a
                # safe buffer for part of the search target.
                self._search_position = max(0, len(self.buffer) - len(b\"\\r\\n\"))
""",
    """                self._search_position = max(
                    0, len(self.buffer) - PARTIAL_BLANK_LINE_LENGTH
                )
""",
)
replace(
    DECODER,
    """        elif self.state == State.DATA_START:
            data, del_index, more_data = self._parse_data(self.buffer, start=True)
            del self.buffer[:del_index]
            event = Data(data=data, more_data=more_data)
            if more_data:
                self.state = State.DATA
""",
    """        elif self.state == State.DATA_START:
            # The line break that opens the data may belong to the boundary
            # of a part without data, so that nothing is known before it is
            # clear what follows.
            if self.complete or self._partial_boundary_index(self.buffer) > 0:
                data, del_index, more_data = self._parse_data(self.buffer, start=True)
                del self.buffer[:del_index]
                event = Data(data=data, more_data=more_data)
                if more_data:
                    self.state = State.DATA
""",
)
replace(
    DECODER,
    """        match = self.boundary_re.search(data, self._search_position)
""",
    """        match = self.boundary_re.search(data)
""",
)
replace(DECODER, "            del_index = match.end()\n            self._search_position = 0\n", "            del_index = match.end()\n")
replace(
    DECODER,
    """                self._last_partial_boundary_index(data[data_start:]) + data_start
            )
            # What stays in the buffer has been searched once, so that
            # only the boundary itself can begin in front of new data.
            self._search_position = max(
                0, len(data) - del_index - len(self.boundary)
            )
""",
    """                self._partial_boundary_index(data[data_start:]) + data_start
            )
""",
)
replace(
    DECODER,
    """    def _last_partial_boundary_index(self, data: bytes | bytearray) -> int:
        # Find the last index following which a partial boundary
        # could be present in the data. This will be the earliest
        # position of a LF or a CR, unless that position is more
        # than a complete boundary from the end in which case there
        # is no partial boundary.
        complete_boundary_index = len(data) - len(b"\\r\\n--" + self.boundary)
        try:
            last_nl = data.rindex(b"\\n")
        except ValueError:
            last_nl = len(data)
        else:
            if last_nl < complete_boundary_index:
                last_nl = len(data)
        try:
            last_cr = data.rindex(b"\\r")
        except ValueError:
            last_cr = len(data)
        else:
            if last_cr < complete_boundary_index:
                last_cr = len(data)
        return min(last_nl, last_cr)
""",
    """    def _partial_boundary_index(self, data: bytes | bytearray) -> int:
        # Find the index from which the data may be the beginning of a
        # boundary. As a boundary has no line break inside, only the last
        # line and the line break before it are of interest.
        line_index = _last_line_index(data)
        if line_index == 0 or not self._may_become_boundary(data[line_index:]):
            return len(data)
        return line_index - (2 if data[:line_index].endswith(b"\\r\\n") else 1)

    def _may_become_boundary(self, line: bytes | bytearray) -> bool:
        delimiter = b"--" + self.boundary
        if line.startswith(delimiter):
            rest = line[len(delimiter) :]
            return rest == b"-" or not rest.strip(PADDING)
        return delimiter.startswith(line)


def _last_line_index(data: bytes | bytearray) -> int:
    return max(data.rfind(b"\\n"), data.rfind(b"\\r")) + 1
""",
)
