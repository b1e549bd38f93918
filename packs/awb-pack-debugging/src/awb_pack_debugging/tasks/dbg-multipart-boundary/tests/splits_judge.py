"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

Every way to cut thirty bodies: the credit of a case is the share of its split classes that are parsed right.
"""

from __future__ import annotations

from typing import Any

from bodies import PAD_MARK, Body, dense_feeds, long_uploads, themes

BUFFERS = {"buffer below 9": range(1, 9), "buffer below 25": range(9, 25), "buffer below 65": range(25, 65)}
LARGE = 64 * 1024
DENSE = 30


def _feeds(body: Body, way: str, seed: int) -> dict[str, list[list[int]]]:
    """The feeds of one body by class; a feed is a list of piece sizes."""
    if way == "buffered":
        return {name: [[size] for size in sizes] for name, sizes in BUFFERS.items()}
    feeds = {f"cut in {label}": [[position] for position in cuts] for label, cuts in body.classes().items()}
    feeds["one piece"] = [[len(body.data)]]
    feeds["dense random pieces"] = dense_feeds(seed, len(body.data), DENSE)
    feeds["single bytes"] = [[1] * len(body.data)]
    return feeds


def _paddings(body: Body) -> dict[str, list[list[int]]]:
    """Lengths of the first file that put each byte after it on the edge of the default buffer."""
    before = body.data.index(PAD_MARK.encode())
    return {
        f"edge in {label}": [[LARGE - cut + len(PAD_MARK)] for cut in cuts]
        for label, cuts in body.classes().items()
        if cuts[0] > before and label not in {"data", "headers"}
    }


def _job(body: Body, way: str, named: dict[str, list[list[int]]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The worker's part and the judge's part of one body."""
    job = {
        "way": way,
        "body": body.data.decode("latin-1"),
        "boundary": body.boundary.decode("latin-1"),
        "feeds": [feed for feeds in named.values() for feed in feeds],
    }
    wanted = {
        "body": body.name,
        "names": [name for name, feeds in named.items() for _ in feeds],
        "expected": body.decoded() if way == "decode" else body.form(),
    }
    return job, wanted


def _case(name: str, group: str, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    return {
        "id": name,
        "group": group,
        "weight": sum(len(set(wanted["names"])) for _, wanted in pairs),
        "input": {"jobs": [job for job, _ in pairs]},
        "classes": [wanted for _, wanted in pairs],
    }


def cases(seed: int) -> list[dict[str, Any]]:
    """One case per theme for the decoder and one for the form parser; whole requests last."""
    rows = []
    for number, (theme, bodies) in enumerate(themes(seed).items()):
        for level, ways in (("decoder", ("decode",)), ("form parser", ("parse", "buffered"))):
            pairs = [
                _job(body, way, _feeds(body, way, seed * 1000 + number * 10 + index))
                for index, body in enumerate(bodies)
                for way in ways
            ]
            rows.append(_case(f"{level}: {theme}", level, pairs))
    rows += [
        _case(f"request: {body.name}", "request", [_job(body, "request", _paddings(body))])
        for body in long_uploads(seed)
    ]
    return rows


def judge(case: dict[str, Any], answer: dict[str, Any]) -> tuple[float, str]:
    """Share of (body, split class) pairs in which each feed gave the right result."""
    value = answer.get("value")
    wanted = case["classes"]
    if not isinstance(value, list) or len(value) != len(wanted):
        return 0.0, f"no usable answer: {str(answer)[:200]}"
    good, total, wrong = 0, 0, []
    for row, job in zip(value, wanted, strict=True):
        names = list(dict.fromkeys(job["names"]))
        total += len(names)
        verdicts = _verdicts(row, job["expected"], len(job["names"]))
        failed = {name for name, right in zip(job["names"], verdicts, strict=True) if not right}
        good += len(names) - len(failed)
        wrong += [f"{job['body']}: {name}" for name in names if name in failed]
    return good / total, "; ".join(wrong)[:600]


def _verdicts(row: Any, expected: dict[str, Any], count: int) -> list[bool]:
    table, rows = (row.get("table"), row.get("rows")) if isinstance(row, dict) else (None, None)
    if not isinstance(table, list) or not isinstance(rows, list) or len(rows) != count:
        return [False] * count
    right = [entry == expected for entry in table]
    return [isinstance(index, int) and 0 <= index < len(right) and right[index] for index in rows]
