"""Requests and answers as a gateway keeps them."""

import json

from transcript.protocols import PROTOCOLS

from awb_core.transcript.recorded import Exchanged, values_of
from awb_core.transcript.steps import make_transcript


def ask(*messages, system="", tools=()):
    return {"system": system, "tools": list(tools), "messages": list(messages)}


def user(text):
    return {"role": "user", "content": text}


def said(text):
    return {"type": "message", "content": [{"type": "text", "text": text}]}


def events(values):
    """Return values as a provider streams them."""
    words = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return "".join(f"event: e\ndata: {word}\n\n" for word in words).encode()


def record(n, operation, **fields):
    return {
        "n": n,
        "operation": operation,
        "time": f"2026-01-01T00:00:0{n}.000+00:00",
        "status": 200,
        **fields,
    }


def exchanged(n, operation, request, answer, **fields):
    """Return a request and its answer; both as values, or as bytes."""
    raw = [
        part if isinstance(part, bytes) else json.dumps(part).encode() for part in (request, answer)
    ]
    asked, answered = (values_of(part) for part in raw)
    body = asked[0] if asked and isinstance(asked[0], dict) else {}
    return Exchanged(record=record(n, operation, **fields), request=body, answer=answered)


def made_of(*exchanges, **options):
    return make_transcript(exchanges, session="t.1", agent="tester", **options)


def conversation(operation, *, streamed):
    requests, answers, streams = PROTOCOLS[operation]
    given = [events(stream) for stream in streams] if streamed else answers
    usage = {"input_tokens": 10, "cached_read_tokens": 4, "output_tokens": 3}
    facts = {
        "usage": usage,
        "priced": True,
        "cost_usd": "0.25",
        "model_observed": "m-1",
        "seconds": 0.5,
    }
    return made_of(
        *(
            exchanged(n, operation, request, answer, **facts)
            for n, (request, answer) in enumerate(zip(requests, given, strict=True), 1)
        ),
        version="1.0",
    )
