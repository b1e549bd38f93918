"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

Feed bodies in pieces to the decoder or the form parser and report what came out.
"""

import io
import json
import sys

sys.path.insert(0, "src")

from awb_worker import serve

PAD_MARK = b"<pad>"


def pieces(data, sizes):
    """Cut `data` into pieces of the given sizes; the rest is the last piece."""
    position = 0
    for size in sizes:
        if position >= len(data):
            return
        yield data[position : position + size]
        position += size
    if position < len(data):
        yield data[position:]


class Pieces(io.RawIOBase):
    """A stream that returns one piece per read, as a socket does."""

    def __init__(self, parts):
        self._parts = [part for part in parts if part]

    def readable(self):
        return True

    def read(self, size=-1):
        if not self._parts:
            return b""
        part = self._parts.pop(0)
        if 0 <= size < len(part):
            self._parts.insert(0, part[size:])
            part = part[:size]
        return part

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def text(data):
    return bytes(data).decode("latin-1")


def decode(body, boundary, sizes):
    from werkzeug.sansio import multipart

    decoder = multipart.MultipartDecoder(boundary)
    seen = {"preamble": None, "parts": [], "epilogue": None}
    budget = 8 * len(body) + 200
    for piece in [*pieces(body, sizes), None]:
        decoder.receive_data(piece)
        while True:
            budget -= 1
            if budget < 0:
                return {"endless": True}
            event = decoder.next_event()
            if isinstance(event, multipart.NeedData):
                break
            if isinstance(event, multipart.Preamble):
                seen["preamble"] = text(event.data)
            elif isinstance(event, multipart.Data):
                part = seen["parts"][-1]
                if part["closed"]:
                    return {"data after the end of a part": True}
                part["data"] += text(event.data)
                part["closed"] = not event.more_data
            elif isinstance(event, (multipart.Field, multipart.File)):
                is_file = isinstance(event, multipart.File)
                seen["parts"].append(
                    {
                        "kind": "file" if is_file else "field",
                        "name": event.name,
                        "filename": event.filename if is_file else None,
                        "headers": [list(row) for row in event.headers],
                        "data": "",
                        "closed": False,
                    }
                )
            elif isinstance(event, multipart.Epilogue):
                seen["epilogue"] = text(event.data).strip(" \t\r\n")
                break
    if not all(part.pop("closed") for part in seen["parts"]):
        return {"a part without an end": True}
    return seen


def _report(form, files):
    rows = []
    for name, storage in files.items(multi=True):
        rows.append([name, storage.filename, [list(row) for row in storage.headers], text(storage.stream.read())])
        storage.close()
    return {"form": [list(row) for row in form.items(multi=True)], "files": rows}


def parse(body, boundary, sizes):
    """One read of the input stream returns one piece."""
    from werkzeug.formparser import FormDataParser

    stream = Pieces(pieces(body, sizes))
    parser = FormDataParser(silent=False, stream_factory=memory)
    _, form, files = parser.parse(stream, "multipart/form-data", len(body), {"boundary": boundary.decode("ascii")})
    return _report(form, files)


def memory(total_content_length, content_type, filename, content_length=None):
    return io.BytesIO()


def buffered(body, boundary, sizes):
    """The input is complete, the parser's buffer holds `sizes[0]` bytes."""
    from werkzeug.formparser import MultiPartParser

    parser = MultiPartParser(buffer_size=sizes[0], stream_factory=memory)
    return _report(*parser.parse(io.BytesIO(body), boundary, len(body)))


def request(body, boundary, sizes):
    """A whole request with the default buffer; `sizes[0]` bytes stand for the mark in the body."""
    from werkzeug.wrappers import Request

    padding = b"\x01" * sizes[0]
    body = body.replace(PAD_MARK, padding, 1)
    source = io.BytesIO(body)
    content_type = f"multipart/form-data; boundary={boundary.decode('ascii')}"
    with Request.from_values(
        input_stream=source, content_length=len(body), content_type=content_type, method="POST"
    ) as received:
        seen = _report(received.form, received.files)
    for row in seen["files"]:
        row[3] = row[3].replace(text(padding), PAD_MARK.decode())[:2000]
    return seen


WAYS = {"decode": decode, "parse": parse, "buffered": buffered, "request": request}


def attempt(way, body, boundary, sizes):
    try:
        return WAYS[way](body, boundary, sizes)
    except ValueError:
        return {"refused": "ValueError"}
    except Exception as error:
        return {"refused": type(error).__name__}


def handle(case):
    answers = []
    for job in case["jobs"]:
        body = job["body"].encode("latin-1")
        boundary = job["boundary"].encode("latin-1")
        table, known, rows = [], {}, []
        for sizes in job["feeds"]:
            seen = attempt(job["way"], body, boundary, sizes)
            key = json.dumps(seen, sort_keys=True)
            if key not in known:
                known[key] = len(table)
                table.append(seen)
            rows.append(known[key])
        answers.append({"table": table, "rows": rows})
    return answers


serve(handle, isolate=True, seconds=20)
