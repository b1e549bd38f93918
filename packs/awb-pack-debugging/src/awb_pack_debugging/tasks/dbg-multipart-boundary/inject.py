"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

Turn the pinned sdist into the starting state: trim it, and change how the form parser buffers its input.
"""

from awb_edit import remove, replace

DECODER = "src/werkzeug/sansio/multipart.py"
PARSER = "src/werkzeug/formparser.py"

# Tests that need servers, certificates or plugins the environment does not have.
remove("tests/conftest.py")
remove("tests/live_apps")
remove("tests/test_serving.py")
remove("tests/test_debug.py")
remove("tests/middleware/test_http_proxy.py")
remove("docs")
remove("examples")
remove("uv.lock")
remove("PKG-INFO")
# How much the decoder holds back is nobody's promise, so no test may pin it.
replace(
    "tests/sansio/test_multipart.py",
    'parametrize("data_end", [b"", b"\\r\\n--foo"])',
    'parametrize("data_end", [b"\\r\\n--foo"])',
)
replace(
    "tests/sansio/test_multipart.py",
    'expected = data_start if data_end == b"" else data_start + b"\\r\\nBCDE"',
    'expected = data_start + b"\\r\\nBCDE"',
)

replace(
    DECODER,
    "self._search_position = max(0, len(self.buffer) - SEARCH_EXTRA_LENGTH)",
    'self._search_position = max(0, len(self.buffer) - len(b"\\r\\n"))',
)
replace(
    DECODER,
    """        if self.buffer.find(b"--" + self.boundary) == -1:
            # No complete boundary in the buffer, but there may be
            # a partial boundary at the end.
            data_end = del_index = (
                self._last_partial_boundary_index(data[data_start:]) + data_start
            )
            more_data = True
        else:
            match = self.boundary_re.search(data)
            if match is not None:
                if match.group(1).startswith(b"--"):
                    self.state = State.EPILOGUE
                else:
                    self.state = State.PART
                data_end = match.start()
                del_index = match.end()
            else:
                data_end = del_index = (
                    self._last_partial_boundary_index(data[data_start:]) + data_start
                )
            more_data = match is None
        return""",
    """        match = self.boundary_re.search(data, self._search_position)
        if match is not None:
            if match.group(1).startswith(b"--"):
                self.state = State.EPILOGUE
            else:
                self.state = State.PART
            data_end = match.start()
            del_index = match.end()
            self._search_position = 0
        else:
            data_end = del_index = (
                self._last_partial_boundary_index(data[data_start:]) + data_start
            )
            # What stays in the buffer has been searched once, so that
            # only the boundary itself can begin in front of new data.
            self._search_position = max(
                0, len(data) - del_index - len(self.boundary)
            )
        more_data = match is None
        return""",
)

replace(
    PARSER,
    """        self.buffer_size = buffer_size

    def fail""",
    """        self.buffer_size = buffer_size
        # File data is handed to the container in blocks of this size.
        self.write_size = 16 * 1024

    def fail""",
)
replace(
    PARSER,
    """        fields = []
        files = []

        for data""",
    """        fields = []
        files = []
        pending = bytearray()

        for data""",
)
replace(
    PARSER,
    """                    _write = container.write
""",
    """                    _write = container.write
                    pending.clear()
""",
)
replace(
    PARSER,
    """                    _write(event.data)
                    if not event.more_data:
                        if isinstance""",
    """                    if isinstance(current_part, Field):
                        _write(event.data)
                    elif event.data:
                        pending += event.data
                        if len(pending) >= self.write_size or not event.more_data:
                            _write(bytes(pending))
                            pending.clear()

                    if not event.more_data:
                        if isinstance""",
)
replace(
    PARSER,
    """    \"\"\"Read data in chunks for multipart/form-data parsing. Stop if no data is read.
    Yield ``None`` at the end to signal end of parsing.
    \"\"\"
    while True:
        data = read(size)

        if not data:
            break

        yield data

    yield None""",
    """    \"\"\"Read data in chunks for multipart/form-data parsing. Yield ``None`` at the end
    to signal end of parsing.
    \"\"\"
    while data := read(size):
        yield data

        if len(data) < size:
            break

    yield None""",
)
