# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""The delimiter lines are found by an incremental scanner of its own instead of by regular expressions."""

from awb_edit import replace, write

MULTIPART = "src/werkzeug/sansio/multipart.py"
FORMPARSER = "src/werkzeug/formparser.py"

SCANNER = '''from __future__ import annotations

import re
import typing as t

# Horizontal whitespace, as bytes patterns know no \\h.
BLANKS_RE = re.compile(rb"[^\\S\\n\\r]*")


class Delimiter(t.NamedTuple):
    """A delimiter line: ``buffer[start:end]``, with the line breaks around it."""

    start: int
    end: int
    closing: bool


class DelimiterScanner:
    """Find the delimiter lines of a multipart body in a growing buffer.

    A line is judged only when the bytes that decide about it have arrived, so
    the outcome does not depend on how the body was cut. Bytes that were looked
    at once are not looked at again.
    """

    def __init__(self, boundary: bytes) -> None:
        self._marker = b"--" + boundary
        self.reset()

    def reset(self) -> None:
        """Start again at the beginning of the buffer."""
        # Where to look for the marker next.
        self._position = 0
        # The marker at the position is there, what follows is not yet decisive.
        self._undecided = False
        # How far the blanks behind an undecided marker were skipped.
        self._blanks_end = 0

    def dropped(self, count: int) -> None:
        """The first ``count`` bytes of the buffer were removed."""
        self._position = max(0, self._position - count)
        self._blanks_end = max(0, self._blanks_end - count)

    def find(
        self, buffer: bytearray, *, inline: bool, complete: bool
    ) -> Delimiter | None:
        """The first delimiter in the buffer, if one can be told already.

        :param inline: Accept a marker without a line break before it.
        :param complete: No more bytes will follow.
        """
        while (marker := buffer.find(self._marker, self._position)) != -1:
            start = _line_break_start(buffer, marker)

            if inline or start < marker:
                if not self._undecided or marker != self._position:
                    self._blanks_end = 0

                self._position = marker
                found = self._judge(buffer, start, complete)

                if found is not None or self._undecided:
                    return found

            self._position = marker + 1
            self._undecided = False

        self._undecided = False
        self._position = max(self._position, len(buffer) - len(self._marker) + 1)
        return None

    def _judge(
        self, buffer: bytearray, start: int, complete: bool
    ) -> Delimiter | None:
        """Look at what follows the marker at the position."""
        after = self._position + len(self._marker)
        self._undecided = False

        if buffer.startswith(b"--", after):
            return Delimiter(start, after + 2, True)

        match = BLANKS_RE.match(buffer, max(after, self._blanks_end))
        self._blanks_end = end = match.end()  # type: ignore[union-attr]
        rest = bytes(buffer[end : end + 2])

        if rest[:1] == b"\\n":
            return Delimiter(start, end + 1, False)

        if rest == b"\\r\\n":
            return Delimiter(start, end + 2, False)

        if rest[:1] == b"\\r" and (complete or len(rest) == 2):
            return Delimiter(start, end + 1, False)

        self._undecided = not complete and (
            rest in {b"", b"\\r"} or (rest == b"-" and end == after)
        )
        return None

    def held_from(self, buffer: bytearray) -> int:
        """After a :meth:`find` without success, the index of the first byte that
        may still turn out to belong to a delimiter.
        """
        if self._undecided:
            return _line_break_start(buffer, self._position)

        # Only the last line can become a delimiter line.
        first = max(0, len(buffer) - len(self._marker))
        line = 1 + max(buffer.rfind(b"\\n", first), buffer.rfind(b"\\r", first))

        if line and self._marker.startswith(buffer[line:]):
            return _line_break_start(buffer, line)

        return len(buffer)


def _line_break_start(buffer: bytearray, position: int) -> int:
    """Where the line break in front of the position begins, else the position."""
    if buffer.endswith(b"\\r\\n", 0, position):
        return position - 2

    if buffer.endswith((b"\\n", b"\\r"), 0, position):
        return position - 1

    return position
'''
write("src/werkzeug/sansio/_delimiter.py", SCANNER)

# The decoder: imports and set-up.
replace(
    MULTIPART,
    "from ..http import parse_options_header\n",
    "from ..http import parse_options_header\nfrom ._delimiter import BLANKS_RE\nfrom ._delimiter import DelimiterScanner\n",
)
replace(
    MULTIPART,
    """# This must be long enough to contain any line breaks plus any
# additional boundary markers (--) such that they will be found in a
# subsequent search
SEARCH_EXTRA_LENGTH = 8
""",
    """# A blank line may be cut in any place, all but its last byte may be known.
BLANK_LINE_KEPT = len(b"\\r\\n\\r\\n") - 1
# What the line of the closing boundary may have behind the boundary.
CLOSING_LINE_RE = re.compile(BLANKS_RE.pattern + LINE_BREAK + b"?")
""",
)
text = open(MULTIPART, encoding="utf-8").read()
first = text.index("        # Note in the below \\h i.e.")
last = text.index("        self._search_position = 0\n        self._parts_decoded = 0\n")
replace(MULTIPART, text[first:last], "        self._scanner = DelimiterScanner(boundary)\n")

# The preamble.
text = open(MULTIPART, encoding="utf-8").read()
first = text.index("            match = self.preamble_re.search(")
last = text.index("        elif self.state == State.PART:\n            match = BLANK_LINE_RE")
replace(
    MULTIPART,
    text[first:last],
    """            # Many implementations omit the line break before the first
            # boundary, which may be the closing one (for empty form-data).
            found = self._scanner.find(
                self.buffer, inline=True, complete=self.complete
            )
            if found is not None:
                event = Preamble(data=bytes(self.buffer[: found.start]))
                self._end_section(found)

""",
)

# The headers of a part.
replace(
    MULTIPART,
    """                # Update the search start position to be equal to the
                # current buffer length (already searched) minus a
                # safe buffer for part of the search target.
                self._search_position = max(0, len(self.buffer) - len(b"\\r\\n"))
""",
    """                # Only the start of the blank line can be there already.
                self._search_position = max(0, len(self.buffer) - BLANK_LINE_KEPT)
""",
)

# The data of a part and the epilogue.
text = open(MULTIPART, encoding="utf-8").read()
first = text.index("            data, del_index, more_data = self._parse_data(self.buffer, start=True)")
last = text.index("        elif self.state == State.EPILOGUE and self.complete:")
replace(
    MULTIPART,
    text[first:last],
    """            event = self._next_data(self._data_start())

        elif self.state == State.DATA:
            event = self._next_data(0)

""",
)
replace(
    MULTIPART,
    "            event = Epilogue(data=bytes(self.buffer))\n",
    """            closing_line = t.cast("re.Match[bytes]", CLOSING_LINE_RE.match(self.buffer))
            event = Epilogue(data=bytes(self.buffer[closing_line.end() :]))
""",
)
text = open(MULTIPART, encoding="utf-8").read()
first = text.index("    def _parse_data(\n")
last = text.index("\n\nclass MultipartEncoder:")
replace(
    MULTIPART,
    text[first:last],
    '''    def _data_start(self) -> int | None:
        """Where the data of a part begins, behind the line break that ends the
        headers. ``None`` while the rest of that line break may be missing.
        """
        if self.buffer == b"\\r" and not self.complete:
            return None

        return t.cast("re.Match[bytes]", LINE_BREAK_RE.match(self.buffer)).end()

    def _next_data(self, start: int | None) -> Event:
        """The data of a part as far as it is known, without the ``start`` bytes
        before it. Those may be the line break of a boundary nevertheless, if a
        part has no content line.
        """
        if start is None:
            return NEED_DATA

        found = self._scanner.find(self.buffer, inline=False, complete=self.complete)

        if found is not None:
            data = bytes(self.buffer[start : found.start])
            self._end_section(found)
            return Data(data=data, more_data=False)

        held = self._scanner.held_from(self.buffer)

        if held < start:
            return NEED_DATA

        data = bytes(self.buffer[start:held])
        del self.buffer[:held]
        self._scanner.dropped(held)
        self.state = State.DATA
        return Data(data=data, more_data=True) if data else NEED_DATA

    def _end_section(self, found: Delimiter) -> None:
        """Go on behind a boundary."""
        del self.buffer[: found.end]
        self._scanner.reset()
        self._search_position = 0
        self.state = State.EPILOGUE if found.closing else State.PART
''',
)
replace(
    MULTIPART,
    "from ._delimiter import BLANKS_RE\n",
    "from ._delimiter import BLANKS_RE\nfrom ._delimiter import Delimiter\n",
)

# The form parser: short reads, and the end of a file.
replace(
    FORMPARSER,
    "from .sansio.multipart import NeedData\n",
    "from .exceptions import ClientDisconnected\nfrom .sansio.multipart import NeedData\nfrom .sansio.multipart import State\n",
)
replace(FORMPARSER, "from .exceptions import ClientDisconnected\nfrom .sansio", "from .sansio")
replace(
    FORMPARSER,
    "from .exceptions import RequestEntityTooLarge\n",
    "from .exceptions import ClientDisconnected\nfrom .exceptions import RequestEntityTooLarge\n",
)
replace(FORMPARSER, "            stream.read().decode(),\n", "            _read_all(stream).decode(),\n")
replace(
    FORMPARSER,
    "        for data in _chunk_iter(stream.read, self.buffer_size):\n",
    """        def read(size: int) -> bytes:
            if parser.state != State.EPILOGUE:
                return stream.read(size)

            # The form is complete, so the length of the body is not questioned
            # any more: neither by reading on at the limit, nor if less came.
            if getattr(stream, "is_exhausted", False):
                return b""

            try:
                return stream.read(size)
            except ClientDisconnected:
                return b""

        for data in _chunk_iter(read, self.buffer_size):
""",
)
replace(
    FORMPARSER,
    """                    elif event.data:
                        pending += event.data
                        if len(pending) >= self.write_size or not event.more_data:
                            _write(bytes(pending))
                            pending.clear()
""",
    """                    else:
                        pending += event.data

                        # The last event of a file may well be empty.
                        if pending and (
                            len(pending) >= self.write_size or not event.more_data
                        ):
                            _write(bytes(pending))
                            pending.clear()
""",
)
replace(
    FORMPARSER,
    """    while data := read(size):
        yield data

        if len(data) < size:
            break

    yield None
""",
    """    # A short read is not the end, and None only means "nothing at the moment".
    while (data := read(size)) != b"":
        if data is not None:
            yield data

    yield None


def _read_all(stream: t.IO[bytes]) -> bytes:
    \"\"\"Read the rest of a stream, even if it returns less than that at once.\"\"\"
    data = chunk = stream.read()

    # Reading on at the limit of a limited stream would be an error.
    while chunk and not getattr(stream, "is_exhausted", False):
        chunk = stream.read()
        data += chunk

    return data
""",
)
