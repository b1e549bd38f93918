"""Bodies of any shape and size cost only themselves."""

import gzip
import json
import random

import pytest
from transcript.bodies import ask, events, exchanged, made_of, said, user
from transcript.protocols import PROTOCOLS

from awb_core.transcript.recorded import bodies_of, read_exchanges, values_of
from awb_core.transcript.steps import UNREADABLE, make_transcript

EACH = pytest.mark.parametrize("operation", PROTOCOLS)


@EACH
def test_bodies_of_any_shape_do_no_harm(operation):
    dice = random.Random(7)
    requests, answers, streams = PROTOCOLS[operation]
    whole = [json.dumps(one).encode() for one in (*requests, *answers)]
    whole += [events(stream) for stream in streams]
    deep = b'{"messages":' + b"[" * 100_000
    nested = b'{"messages":[{"content":' + b"[" * 500 + b"]" * 500 + b"}]}"
    seeds = [b"", b"\xff\xfe\x00", b"[1, null, {}]", b"data: {\n\n", deep, nested]
    seeds += [b'{"messages": "x", "input": 5, "contents": {"parts": 3}}']
    for body in whole:
        for _ in range(40):
            raw = bytearray(body[: dice.randrange(len(body) + 1)] if dice.random() < 0.3 else body)
            for _ in range(dice.randrange(4)):
                if raw:
                    raw[dice.randrange(len(raw))] = dice.randrange(256)
            seeds.append(bytes(raw))

    made = made_of(
        *(exchanged(n, operation, dice.choice(seeds), seed) for n, seed in enumerate(seeds, 1)),
        *(exchanged(n, operation, seed, b"{}") for n, seed in enumerate(seeds, len(seeds) + 1)),
    )

    assert {step.request for step in made.steps} == set(range(1, 2 * len(seeds) + 1))
    for step in made.steps:
        step.text.encode("utf-8")


@EACH
def test_values_of_the_wrong_type_do_no_harm(operation):
    wrong = [None, 1, 1.5, "x", True, [], {}, [None], [1], {"a": 1}, [[]], "\ud800", float("inf")]
    exchanges = []
    for request, answer in zip(*PROTOCOLS[operation][:2], strict=True):
        for value in wrong:
            for changed in variants(request, value):
                exchanges.append(exchanged(len(exchanges) + 1, operation, changed, answer))
            for changed in variants(answer, value):
                exchanges.append(exchanged(len(exchanges) + 1, operation, request, changed))

    made = made_of(*exchanges)

    assert made.steps
    json.dumps([s.text for s in made.steps]).encode()


def variants(value, wrong):
    """Yield a value with each of its parts in turn replaced."""
    yield wrong
    if isinstance(value, dict):
        for key in value:
            for changed in variants(value[key], wrong):
                yield {**value, key: changed}
    elif isinstance(value, list):
        for place in range(len(value)):
            for changed in variants(value[place], wrong):
                yield [*value[:place], changed, *value[place + 1 :]]


def test_values_of_all_forms_of_bodies_are_found():
    one = {"a": 1}
    text = json.dumps(one)

    assert values_of(text.encode()) == [one]
    assert values_of(f"[{text},\r\n{text}]".encode()) == [one, one]
    assert values_of(f"[{text},\r\n{text[:3]}".encode()) == [one]
    assert values_of(f"data: {text}\r\n\r\ndata: [DONE]\r\n\r\n".encode()) == [one]
    assert values_of(b'data: {"a":\ndata: 1}\n\ndata: {"b"') == [one]


def test_bodies_that_are_missing_broken_or_huge_cost_only_themselves(tmp_path):
    folder = tmp_path / "gateway/bodies/t.1"
    folder.mkdir(parents=True)
    log = tmp_path / "gateway/log/t.1.jsonl"
    log.parent.mkdir()
    fields = {"operation": "messages", "status": 200, "usage": {"input_tokens": 1}, "event": "end"}
    log.write_text("".join(json.dumps({"n": n, **fields}) + "\n" for n in range(1, 6)))
    for n in (1, 2, 5):
        (folder / f"{n:05d}.request").write_text(json.dumps(ask(user("Go."))))
    with (folder / "00002.response").open("wb") as stream:
        stream.truncate(1 << 30)
    (folder / "00003.request").write_bytes(b"\xff\xfe")
    (folder / "00003.response").write_bytes(gzip.compress(b"0" * (80 << 20)))
    (folder / "00004.response").write_bytes(b"\x1f\x8bbroken")
    (folder / "00005.response").write_bytes(gzip.compress(json.dumps(said("Gone.")).encode()))

    made = make_transcript(read_exchanges(tmp_path, "t.1"), session="t.1", agent="a")

    assert [(s.source, s.text, s.error) for s in made.steps] == [
        ("user", "Go.", ""),
        *[("agent", "", UNREADABLE)] * 4,
        ("agent", "Gone.", ""),
    ]
    assert made.total.prompt_tokens == 5
    assert bodies_of(tmp_path, "t.1") == folder
    assert bodies_of(tmp_path, "t.2") is None
