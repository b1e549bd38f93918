"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

Multipart bodies with labelled regions: what they say is known by construction, never by parsing them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

CRLF = b"\r\n"
TAIL = 3
"""Length of the last stretch of a boundary that is a region of its own."""


@dataclass
class Part:
    """One part; `data=None` leaves out the line break that opens an (empty) content."""

    name: str
    data: bytes | None
    filename: str | None = None
    extra: tuple[tuple[str, str], ...] = ()
    disposition: bytes | None = None
    """Raw bytes of the Content-Disposition header where they differ from the usual form."""

    def headers(self) -> list[tuple[bytes, str, str]]:
        value = f'form-data; name="{self.name}"'
        if self.filename is not None:
            value += f'; filename="{self.filename}"'
        raw = self.disposition if self.disposition is not None else f"Content-Disposition: {value}".encode()
        rows = [(raw, "Content-Disposition", value)]
        rows += [(f"{key}: {text}".encode(), key, text) for key, text in self.extra]
        return rows

    def expected(self) -> dict[str, Any]:
        return {
            "kind": "field" if self.filename is None else "file",
            "name": self.name,
            "filename": self.filename,
            "headers": [[key, text] for _, key, text in self.headers()],
            "data": (self.data or b"").decode("latin-1"),
        }


@dataclass
class Body:
    """A body, its boundary and its regions."""

    name: str
    boundary: bytes
    parts: list[Part]
    newline: bytes = CRLF
    preamble: bytes = b""
    padding: bytes = b""
    closing_padding: bytes = b""
    end: bytes | None = None
    epilogue: bytes = b""
    closed: bool = True
    valid: bool = True
    segments: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        newline = self.newline
        for number, part in enumerate(self.parts):
            if number == 0:
                if self.preamble:
                    self._add("opening", self.preamble + newline)
                self._add("opening", b"--" + self.boundary + self.padding + newline)
            else:
                self._add_delimiter()
                self._add("line end", self.padding + newline)
            rows = part.headers()
            self._add("headers", newline.join(raw for raw, _, _ in rows))
            self._add("blank line", newline if part.data is None else newline * 2)
            self._add("data", part.data or b"")
        if self.closed:
            self._add_delimiter()
            self._add("closing", b"--" + self.closing_padding)
            self._add("epilogue", (newline if self.end is None else self.end) + self.epilogue)

    def _add(self, label: str, data: bytes) -> None:
        if data:
            self.segments.append((label, data))

    def _add_delimiter(self) -> None:
        dashed = b"--" + self.boundary
        tail = min(TAIL, len(self.boundary))
        self._add("break", self.newline)
        self._add("boundary", dashed[:-tail])
        self._add("boundary tail", dashed[-tail:])

    @property
    def data(self) -> bytes:
        return b"".join(data for _, data in self.segments)

    def classes(self) -> dict[str, list[int]]:
        """Cut positions by the region that holds the byte before the cut."""
        found: dict[str, list[int]] = {}
        position = 0
        for label, data in self.segments:
            for _ in data:
                position += 1
                found.setdefault(label, []).append(position)
        length = len(self.data)
        for positions in found.values():
            if positions[-1] == length:
                positions.pop()
        return {label: positions for label, positions in found.items() if positions}

    def decoded(self) -> dict[str, Any]:
        """What a decoder must report."""
        if not self.valid:
            return {"refused": "ValueError"}
        return {
            "preamble": self.preamble.decode("latin-1"),
            "parts": [part.expected() for part in self.parts],
            "epilogue": self.epilogue.decode("latin-1").strip(" \t\r\n"),
        }

    def form(self) -> dict[str, Any]:
        """What a form parser must report."""
        if not self.valid:
            return {"refused": "ValueError"}
        rows = [part.expected() for part in self.parts]
        return {
            "form": [
                [row["name"], row["data"].encode("latin-1").decode(_charset(row), "replace")]
                for row in rows
                if row["kind"] == "field"
            ],
            "files": [[row["name"], row["filename"], row["headers"], row["data"]] for row in rows if row["kind"] == "file"],
        }


def _charset(row: dict[str, Any]) -> str:
    for key, text in row["headers"]:
        if key == "Content-Type" and "charset=" in text:
            return text.rpartition("charset=")[2]
    return "utf-8"


def _word(rng: random.Random, size: int) -> str:
    return "".join(rng.choice("abcdefghijkmnpqrstuvwxyz0123456789") for _ in range(size))


def _noise(rng: random.Random, size: int) -> bytes:
    """Binary data without line breaks and hyphens."""
    return bytes(rng.choice([b for b in range(256) if b not in b"\r\n-"]) for _ in range(size))


PAD_MARK = "<pad>"
"""Stands for the bytes that the worker adds to the first file."""

TEXT = (("Content-Type", "text/plain"),)
BINARY = (("Content-Type", "application/octet-stream"),)


def themes(seed: int) -> dict[str, list[Body]]:
    """Thirty bodies in ten themes; boundaries, names and contents are drawn from the seed."""
    rng = random.Random(seed)

    def token() -> bytes:
        return b"----" + _word(rng, 12).encode()

    def name() -> str:
        return _word(rng, 6)

    def text(size: int = 14) -> bytes:
        return _word(rng, size).encode()

    def upload(data: bytes | None, extra: tuple[tuple[str, str], ...] = BINARY) -> Part:
        return Part(name(), data, _word(rng, 5) + ".bin", extra)

    def text_field(data: bytes | None) -> Part:
        return Part(name(), data)

    plain = [
        Body("a field and a file", token(), [text_field(text()), upload(_noise(rng, 30))]),
        Body("two files", token(), [upload(text(20)), upload(_noise(rng, 24))]),
        Body("four short fields", token(), [text_field(text(3)) for _ in range(4)]),
    ]
    endings = [
        Body("LF", token(), [text_field(text()), upload(text(6) + b"\n" + text(6))], newline=b"\n"),
        Body("CR", token(), [text_field(text()), upload(text(6) + b"\r" + text(6))], newline=b"\r"),
        Body("CRLF and text lines", token(), [upload(CRLF.join(text(5) for _ in range(4)), TEXT), text_field(text())]),
    ]
    breaks = [
        Body("ends in CR", token(), [upload(text() + b"\r"), upload(_noise(rng, 12) + b"\r\r\n\r")]),
        Body("ends in LF", token(), [upload(text() + b"\n"), text_field(text(5) + b"\n\n\n")]),
        Body("line breaks only", token(), [upload(b"\r\n\r\n"), text_field(b"\n"), upload(b"\r\n\r\n\r\n")]),
    ]
    alike = []
    for kind in range(3):
        mark = token()
        near = CRLF + b"--" + mark
        parts = [
            [upload(text(4) + near[:-2] + CRLF + text(4)), text_field(near[:-1])],
            [upload(text(4) + near + b"x" + CRLF + b"--" + mark[:4]), upload(near[:-3] + near[:-1] + b"\r")],
            [upload(text(4) + near + b" x\r\n" + near + b"-" + CRLF + b"--"), text_field(CRLF + b"-")],
        ]
        alike.append(Body(f"lookalikes {kind + 1}", mark, parts[kind]))
    empty = [
        Body("empty field and file", token(), [text_field(b""), upload(b""), text_field(text())]),
        Body("no content line", token(), [text_field(None), upload(text(5)), text_field(None)]),
        Body("no content line in the last part", token(), [upload(b""), upload(None)]),
    ]
    padded = [
        Body("padding", token(), [text_field(text()), upload(text(9))], padding=b" \t ", closing_padding=b"  "),
        Body("long padding", token(), [upload(text(9)), text_field(text(5))], padding=b" " * 14),
        Body("padding, LF", token(), [text_field(text()), upload(text(9))], newline=b"\n", padding=b"\t\t"),
    ]
    around = []
    for kind in range(3):
        mark = token()
        preamble = [text(20), text(6) + CRLF + b"--" + mark[:-2], b"--" + mark + b"x" + CRLF + text(4)][kind]
        epilogue = [text(12), CRLF + b"--" + mark + CRLF, b"--" + mark + b"--"][kind]
        around.append(
            Body(f"preamble and epilogue {kind + 1}", mark, [upload(text(8))], preamble=preamble, epilogue=epilogue)
        )
    folded = name()
    accents = f"{name()}-\u00e9\u4e16"
    headers = [
        Body(
            "folded header",
            token(),
            [
                Part(folded, text(), disposition=f'Content-Disposition: form-data;\r\n name="{folded}"'.encode()),
                upload(text(7)),
            ],
        ),
        Body(
            "non-ASCII names",
            token(),
            [Part(accents, "\u00e9\u00e8 \u4e16\u754c".encode()), Part(accents + "2", text(6), "\u65e5\u672c.txt", TEXT)],
        ),
        Body(
            "many headers",
            token(),
            [
                Part(name(), _noise(rng, 9).replace(b"\xff", b"y"), None, (("Content-Type", "text/plain; charset=iso-8859-1"),)),
                upload(text(9), (*BINARY, ("X-Checksum", _word(rng, 32)), ("X-Empty", ""), ("X-Last", "1"))),
            ],
        ),
    ]
    odd = [
        Body("one character", b"x", [upload(b"-x--x\r\n-x\r\n--"), text_field(text(5) + b"-")]),
        Body("special characters", b"a+b.(c)?" + text(3) + b"'=_", [text_field(text()), upload(_noise(rng, 9))]),
        Body("seventy characters", b"-" * 30 + _word(rng, 40).encode(), [upload(text(9)), upload(text(3))]),
    ]
    stopped = [
        Body("no line break at the end", token(), [text_field(text()), upload(text(9))], end=b""),
        Body("cut short", token(), [text_field(text()), upload(text(30))], closed=False, valid=False),
        Body(
            "no disposition",
            token(),
            [text_field(text()), Part(name(), text(), disposition=b"Content-Type: text/plain")],
            valid=False,
        ),
    ]
    return {
        "plain": plain,
        "line endings": endings,
        "content ends in line breaks": breaks,
        "lookalikes": alike,
        "empty content": empty,
        "padding": padded,
        "preamble and epilogue": around,
        "headers": headers,
        "boundaries": odd,
        "ends": stopped,
    }


def long_uploads(seed: int) -> list[Body]:
    """Bodies whose first file the worker makes longer, so that what follows it straddles a large buffer."""
    rng = random.Random(seed + 1)
    mark, short = b"----" + _word(rng, 12).encode(), b"b"
    first = Part("first", PAD_MARK.encode(), "first.bin", BINARY)
    second = Part("second", _word(rng, 9).encode(), "second.txt", TEXT)
    note = Part("note", _word(rng, 12).encode())
    return [
        Body("a long file, a field and a file", mark, [first, note, second]),
        Body("a long file", mark, [first]),
        Body("a short boundary", short, [first, note], newline=b"\n"),
    ]


def dense_feeds(seed: int, length: int, count: int) -> list[list[int]]:
    """Random pieces of one to seven bytes, as lists of sizes."""
    rng = random.Random(seed)
    feeds = []
    for _ in range(count):
        sizes: list[int] = []
        while sum(sizes) < length:
            sizes.append(rng.randint(1, 7))
        feeds.append(sizes)
    return feeds
