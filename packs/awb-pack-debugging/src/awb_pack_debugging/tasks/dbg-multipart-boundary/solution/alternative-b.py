# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""The chunks of a body: boundaries are found by their marker, the form parser reads to the end."""

from awb_edit import replace, write

replace(
    "CHANGES.rst",
    """.. currentmodule:: werkzeug
""",
    """.. currentmodule:: werkzeug

Version 3.1.10
--------------

Unreleased

-   The result of parsing ``multipart/form-data`` does not depend on how the
    body is split into chunks, neither in ``MultipartDecoder`` nor in the form
    parser. A stream whose ``read`` returns fewer bytes than asked for is read
    to its end, and the last bytes of a file are always written.

""",
)
replace(
    "src/werkzeug/formparser.py",
    """from .sansio.multipart import NeedData
""",
    """from .sansio.multipart import NeedData
from .sansio.multipart import State
""",
)
replace(
    "src/werkzeug/formparser.py",
    """            stream.read().decode(),
""",
    """            _read_all(stream).decode(),
""",
)
replace(
    "src/werkzeug/formparser.py",
    """        for data in _chunk_iter(stream.read, self.buffer_size):
""",
    """        while True:
            if parser.state == State.EPILOGUE and _at_limit(stream):
                # The form is complete. A body that is exactly as long as the
                # stream's limit is not too large, but reading on would say so.
                data = None
            else:
                data = stream.read(self.buffer_size) or None

""",
)
replace(
    "src/werkzeug/formparser.py",
    """                    elif event.data:
                        pending += event.data
                        if len(pending) >= self.write_size or not event.more_data:
""",
    """                    else:
                        pending += event.data

                        # The last event of a part may come without data.
                        if pending and (
                            len(pending) >= self.write_size or not event.more_data
                        ):
""",
)
replace(
    "src/werkzeug/formparser.py",
    '''        return self.cls(fields), self.cls(files)


def _chunk_iter(read: t.Callable[[int], bytes], size: int) -> t.Iterator[bytes | None]:
    """Read data in chunks for multipart/form-data parsing. Yield ``None`` at the end
    to signal end of parsing.
    """
    while data := read(size):
        yield data

        if len(data) < size:
            break

    yield None
''',
    '''            if data is None:
                break

        return self.cls(fields), self.cls(files)


def _at_limit(stream: t.IO[bytes]) -> bool:
    """Whether the stream is a limited one which has been read up to its limit."""
    return getattr(stream, "is_exhausted", False)


def _read_all(stream: t.IO[bytes]) -> bytes:
    """Read a stream whose reads may return fewer bytes than there are. Only an
    empty result is the end.
    """
    out = bytearray()

    while data := stream.read():
        out += data

        if _at_limit(stream):
            break

    return bytes(out)
''',
)
replace(
    "src/werkzeug/sansio/multipart.py",
    """# This must be long enough to contain any line breaks plus any
# additional boundary markers (--) such that they will be found in a
# subsequent search
SEARCH_EXTRA_LENGTH = 8
""",
    '''# Blanks that may pad a boundary, horizontal whitespace only.
PADDING_RE = re.compile(rb"[^\\S\\n\\r]*")
# What still belongs to the line of the last boundary.
LAST_LINE_REST_RE = re.compile(rb"[^\\S\\n\\r]*%s?" % LINE_BREAK)
''',
)
replace(
    "src/werkzeug/sansio/multipart.py",
    '''        Handle chunks that split a``\\r\\n`` sequence.
''',
    '''        Handle chunks that split a``\\r\\n`` sequence.

    .. versionchanged:: 3.1.10
        The content of the events does not depend on how the data is split
        into chunks.
''',
)
replace(
    "src/werkzeug/sansio/multipart.py",
    """        )
        self._search_position = 0
""",
    """        )
        self._marker = b"--" + boundary
        # Everything in the buffer in front of this has been searched.
        self._search_position = 0
        # How far the padding of an undecided boundary has been searched.
        self._padding_position = 0
""",
)
replace(
    "src/werkzeug/sansio/multipart.py",
    """            match = self.preamble_re.search(self.buffer, self._search_position)
            if match is not None:
                if match.group(1).startswith(b"--"):
                    self.state = State.EPILOGUE
                else:
                    self.state = State.PART
                data = bytes(self.buffer[: match.start()])
                del self.buffer[: match.end()]
                event = Preamble(data=data)
                self._search_position = 0
            else:
                # Update the search start position to be equal to the
                # current buffer length (already searched) minus a
                # safe buffer for part of the search target.
                self._search_position = max(
                    0, len(self.buffer) - len(self.boundary) - SEARCH_EXTRA_LENGTH
                )
""",
    """            match, _ = self._find_boundary(self.preamble_re)
            if match is not None:
                event = Preamble(data=bytes(self.buffer[: match.start()]))
                self._pass_boundary(match)
""",
)
replace(
    "src/werkzeug/sansio/multipart.py",
    '''                # Update the search start position to be equal to the
                # current buffer length (already searched) minus a
                # safe buffer for part of the search target.
                self._search_position = max(0, len(self.buffer) - len(b"\\r\\n"))

        elif self.state == State.DATA_START:
            data, del_index, more_data = self._parse_data(self.buffer, start=True)
            del self.buffer[:del_index]
            event = Data(data=data, more_data=more_data)
            if more_data:
                self.state = State.DATA

        elif self.state == State.DATA:
            data, del_index, more_data = self._parse_data(self.buffer, start=False)
            del self.buffer[:del_index]
            if data or not more_data:
                event = Data(data=data, more_data=more_data)

        elif self.state == State.EPILOGUE and self.complete:
            event = Epilogue(data=bytes(self.buffer))
''',
    '''                # All but the last byte of the longest blank line may be
                # there already.
                self._search_position = max(0, len(self.buffer) - len(b"\\r\\n\\r"))

        elif self.state in {State.DATA_START, State.DATA}:
            event = self._next_data()

        elif self.state == State.EPILOGUE and self.complete:
            rest = t.cast(t.Match[bytes], LAST_LINE_REST_RE.match(self.buffer))
            event = Epilogue(data=bytes(self.buffer[rest.end() :]))
''',
)
replace(
    "src/werkzeug/sansio/multipart.py",
    '''    def _parse_data(
        self, data: bytes | bytearray, *, start: bool
    ) -> tuple[bytes, int, bool]:
        # Body parts must start with CRLF (or CR or LF)
        if start:
            match = LINE_BREAK_RE.match(data)
            data_start = t.cast(t.Match[bytes], match).end()
        else:
            data_start = 0

        match = self.boundary_re.search(data, self._search_position)
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
        return bytes(data[data_start:data_end]), del_index, more_data

    def _last_partial_boundary_index(self, data: bytes | bytearray) -> int:
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
''',
    '''    def _next_data(self) -> Event:
        """Hand on the part's data that is known not to be a boundary."""
        content_start = 0

        if self.state == State.DATA_START:
            # The data starts after the line break that ends the headers. This
            # line break stays in the buffer until there is data, as it can
            # also be the one in front of the next boundary. A CR at the end
            # of the buffer may be the first half of a CRLF.
            content_start = 2 if self.buffer[:2] == b"\\r\\n" else 1

            if self.buffer == b"\\r":
                return NEED_DATA

        match, content_end = self._find_boundary(self.boundary_re)
        data = bytes(self.buffer[content_start:content_end])

        if match is not None:
            self._pass_boundary(match)
            return Data(data=data, more_data=False)

        if not data:
            return NEED_DATA

        del self.buffer[:content_end]
        self._search_position = max(0, self._search_position - content_end)
        self._padding_position = max(0, self._padding_position - content_end)
        self.state = State.DATA
        return Data(data=data, more_data=True)

    def _pass_boundary(self, match: re.Match[bytes]) -> None:
        """Remove a boundary and what is in front of it from the buffer, and go on
        to what follows it.
        """
        if match.group(1).startswith(b"--"):
            # The rest of this line may not have come yet, so it is left to
            # the epilogue.
            del self.buffer[: match.start(1) + len(b"--")]
            self.state = State.EPILOGUE
        else:
            del self.buffer[: match.end()]
            self.state = State.PART

        self._search_position = 0
        self._padding_position = 0

    def _find_boundary(
        self, boundary_re: re.Pattern[bytes]
    ) -> tuple[re.Match[bytes] | None, int]:
        """Find the first boundary in the buffer.

        :return: The match, if a boundary is there and no further data can change
            it, and the position up to which the buffer is surely in front of any
            boundary.
        """
        while True:
            marker_start = self.buffer.find(self._marker, self._search_position)

            if marker_start == -1:
                self._search_position = max(
                    self._search_position, len(self.buffer) - len(self._marker) + 1
                )
                return None, self._partial_boundary_index()

            self._search_position = marker_start
            start = self._line_break_start(marker_start)

            if start < marker_start or boundary_re is self.preamble_re:
                if not self._is_decided(marker_start + len(self._marker)):
                    return None, start

                match = boundary_re.match(self.buffer, start)

                if match is not None:
                    return match, match.start()

            # Only data that looks like a boundary.
            self._search_position = marker_start + 1
            self._padding_position = 0

    def _is_decided(self, marker_end: int) -> bool:
        """Whether the bytes after a marker show what it is, whatever follows."""
        if self.complete:
            return True

        position = max(marker_end, self._padding_position)
        padding = t.cast(t.Match[bytes], PADDING_RE.match(self.buffer, position))
        self._padding_position = padding.end()
        rest = self.buffer[padding.end() : padding.end() + 2]

        if not rest or rest == b"\\r":
            # More padding or the LF of a CRLF may follow.
            return False

        # Half of the dashes that make it the last boundary.
        return rest != b"-" or padding.end() > marker_end

    def _line_break_start(self, position: int) -> int:
        """Where the line break in front of a position starts, the position itself
        if there is none.
        """
        if position >= 2 and self.buffer[position - 2 : position] == b"\\r\\n":
            return position - 2

        if position >= 1 and self.buffer[position - 1] in b"\\r\\n":
            return position - 1

        return position

    def _partial_boundary_index(self) -> int:
        """Where a boundary starts that the end of the buffer cuts off within its
        line break or marker, the end of the buffer if there is none.
        """
        # At least one byte is missing, or the marker would have been found.
        first = max(0, len(self.buffer) - len(b"\\r\\n" + self._marker) + 1)

        for line_break in LINE_BREAK_RE.finditer(self.buffer, first):
            if self._marker.startswith(self.buffer[line_break.end() :]):
                return line_break.start()

        return len(self.buffer)
''',
)
write(
    "tests/test_multipart_chunks.py",
    '''"""How a multipart body is cut into pieces must not matter."""

from __future__ import annotations

import io
import itertools

import pytest

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.formparser import parse_form_data
from werkzeug.sansio.multipart import Data
from werkzeug.sansio.multipart import Epilogue
from werkzeug.sansio.multipart import MultipartDecoder
from werkzeug.sansio.multipart import NeedData

HEAD = b'Content-Disposition: form-data; name="a"'
FILE = b'Content-Disposition: form-data; name="f"; filename="f.txt"'


def decode(pieces, boundary=b"b"):
    decoder = MultipartDecoder(boundary)
    content = []
    joined = b""

    for piece in [*pieces, None]:
        decoder.receive_data(piece)

        while True:
            try:
                event = decoder.next_event()
            except ValueError:
                return "refused"

            if isinstance(event, NeedData):
                break
            elif isinstance(event, Data):
                joined += event.data

                if not event.more_data:
                    content.append(joined)
                    joined = b""
            else:
                content.append(event)

            if isinstance(event, Epilogue):
                return content

    raise AssertionError("no end")


BODIES = [
    b"--b\\r\\n%s\\r\\n\\r\\nx\\r\\n--b--\\r\\n" % HEAD,
    b"pre\\r\\n--b \\t \\r\\n%s\\r\\n\\r\\nx\\r\\r\\n--b  \\r\\n%s\\r\\n\\r\\n--b--  \\r\\nend\\r\\n"
    % (HEAD, FILE),
    b"--b\\n%s\\n\\nx\\n\\n--b\\n%s\\n\\n--b--" % (HEAD, FILE),
    b"--b\\r%s\\r\\rx\\r\\r--b\\r%s\\r\\r--b--\\r" % (HEAD, FILE),
    b"--b\\r%s\\r\\r\\n--b\\r\\n%s\\r\\n\\r\\n\\r\\n--b--" % (HEAD, FILE),
    b"--b\\r\\n%s\\r\\n\\r\\n\\r\\n--bx\\r\\n--b x\\r\\n--b-\\r\\n--b -- \\r\\n--b--" % HEAD,
    b"--bx--b-\\r--b --\\r\\n--b\\r\\n%s\\r\\n\\r\\n--b\\r\\n--b--" % HEAD,
    b"--b--",
    b"--b-- \\r\\n tail",
    b"--b\\r\\n\\n%s\\r\\n\\r\\nx\\r\\n--b--" % HEAD,
    b"--b\\r\\n%s\\r\\n\\r\\nx\\r\\n--b\\r" % HEAD,
    b"--b\\r\\nX: y\\r\\n\\r\\nx\\r\\n--b--",
    b"nothing",
]


@pytest.mark.parametrize("body", BODIES)
def test_cut_does_not_matter(body):
    expect = decode([body])
    assert decode([bytes([c]) for c in body]) == expect

    for first, size in itertools.product(range(len(body)), range(1, 8)):
        second = first + size
        assert decode([body[:first], body[first:second], body[second:]]) == expect


@pytest.mark.parametrize("newline", [b"\\r\\n", b"\\n", b"\\r"])
def test_data_is_handed_on(newline):
    boundary = b"b" * 70
    decoder = MultipartDecoder(boundary)
    decoder.receive_data(b"--%s\\r\\n%s\\r\\n\\r\\n" % (boundary, HEAD))
    sent = got = 0

    for piece in [b"x", newline, b"--" + boundary[:40], b" ", newline * 3] * 9:
        decoder.receive_data(piece)
        sent += len(piece)

        while not isinstance(event := decoder.next_event(), NeedData):
            if isinstance(event, Data):
                got += len(event.data)

        assert sent - got <= len(boundary) + 4


class ShortReads:
    def __init__(self, data, size):
        self.stream = io.BytesIO(data)
        self.size = size

    def read(self, size=-1):
        return self.stream.read(self.size if size < 0 else min(size, self.size))


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("buffer_size", [1, 64, 64 * 1024])
def test_short_reads(size, buffer_size):
    data = b"line\\r\\n" * 200
    body = b"--b \\r\\n%s\\r\\n\\r\\n%s\\r\\n--b\\r\\n%s\\r\\n\\r\\nv\\r\\n--b--\\r\\n" % (FILE, data, HEAD)
    parser = MultiPartParser(buffer_size=buffer_size)
    form, files = parser.parse(ShortReads(body, size), b"b", len(body))
    assert form.to_dict() == {"a": "v"}

    assert files["f"].read() == data
    files["f"].close()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=b", b"--b\\r\\n%s\\r\\n\\r\\nv\\r\\n--b--\\r\\n" % HEAD),
        ("application/x-www-form-urlencoded", b"a=v"),
    ],
)
def test_limit_is_body_length(content_type, body):
    environ = {
        "wsgi.input": ShortReads(body, 2),
        "wsgi.input_terminated": True,
        "CONTENT_TYPE": content_type,
    }
    _, form, _ = parse_form_data(environ, max_content_length=len(body))
    assert form.to_dict() == {"a": "v"}


def test_limit_within_body():
    environ = {
        "wsgi.input": io.BytesIO(b"--b\\r\\n%s\\r\\n\\r\\nv\\r\\n--b--\\r\\n" % HEAD),
        "wsgi.input_terminated": True,
        "CONTENT_TYPE": "multipart/form-data; boundary=b",
    }

    with pytest.raises(RequestEntityTooLarge):
        parse_form_data(environ, max_content_length=20)
''',
)
