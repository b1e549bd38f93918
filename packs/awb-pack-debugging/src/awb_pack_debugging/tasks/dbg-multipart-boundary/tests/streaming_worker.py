"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

Feed a long upload and report how far the output lags behind the input.
"""

import io
import sys

sys.path.insert(0, "src")

from awb_worker import serve


def decoder(case):
    from werkzeug.sansio import multipart

    decoder = multipart.MultipartDecoder(case["boundary"].encode())
    decoder.receive_data(case["head"].encode())
    given, seen, lag = 0, 0, 0
    block = case["block"].encode("latin-1")
    for number in range(case["blocks"] + 1):
        if number:
            decoder.receive_data(block)
            given += len(block)
        while not isinstance(event := decoder.next_event(), multipart.NeedData):
            if isinstance(event, multipart.Data):
                seen += len(event.data)
        lag = max(lag, given - seen)
    return lag


def parser(case):
    from werkzeug.formparser import FormDataParser

    head, block = case["head"].encode(), case["block"].encode("latin-1")
    end = f"\r\n--{case['boundary']}--\r\n".encode()
    state = {"given": 0, "written": 0, "lag": 0}

    class Sink(io.BytesIO):
        def write(self, data):
            state["written"] += len(data)
            return super().write(data)

    class Source(io.RawIOBase):
        def __init__(self):
            self.parts = [head, *[block] * case["blocks"], end]

        def readable(self):
            return True

        def read(self, size=-1):
            state["lag"] = max(state["lag"], state["given"] - state["written"])
            if not self.parts:
                return b""
            part = self.parts[0]
            part, self.parts[0] = (part, b"") if size < 0 else (part[:size], part[size:])
            if not self.parts[0]:
                self.parts.pop(0)
            state["given"] += len(part)
            return part

        def readinto(self, buffer):
            data = self.read(len(buffer))
            buffer[: len(data)] = data
            return len(data)

    FormDataParser(stream_factory=lambda *args, **kwargs: Sink()).parse(
        Source(), "multipart/form-data", None, {"boundary": case["boundary"]}
    )
    return state["lag"]


def handle(case):
    return {"decoder": decoder, "parser": parser}[case["level"]](case)


serve(handle, isolate=True, seconds=30)
