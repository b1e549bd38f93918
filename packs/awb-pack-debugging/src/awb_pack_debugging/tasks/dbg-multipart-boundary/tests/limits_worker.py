"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

Feed a body in pieces to a decoder or form parser with limits, and report whether it is accepted.
"""

import io
import sys

sys.path.insert(0, "src")

from awb_worker import serve


def decoder(body, boundary, size, memory, parts):
    from werkzeug.sansio import multipart

    decoder = multipart.MultipartDecoder(boundary, memory, max_parts=parts)
    for piece in [*(body[at : at + size] for at in range(0, len(body), size)), None]:
        decoder.receive_data(piece)
        while not isinstance(event := decoder.next_event(), multipart.NeedData):
            if isinstance(event, multipart.Epilogue):
                return


def parser(body, boundary, size, memory, parts):
    from werkzeug.formparser import MultiPartParser

    limits = {"max_form_memory_size": memory, "max_form_parts": parts}
    parser = MultiPartParser(lambda *args, **kwargs: io.BytesIO(), buffer_size=size, **limits)
    parser.parse(io.BytesIO(body), boundary, len(body))


def handle(case):
    way = {"decoder": decoder, "parser": parser}[case["level"]]
    try:
        way(case["body"].encode(), case["boundary"].encode(), case["size"], case["memory"], case["parts"])
    except Exception as error:
        return type(error).__name__
    return "accepted"


serve(handle, isolate=True, seconds=10)
