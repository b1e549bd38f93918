"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

The size limits mean what they meant: what is buffered, each field and the number of parts, over all pieces.
"""

from __future__ import annotations

import random
from typing import Any

from bodies import Body, Part

MEMORY = 1000
"""The limit on memory, several times as large as a piece and what may be held back."""
PARTS = 3
SIZES = range(150, 350)
REFUSED = "RequestEntityTooLarge"


def _pieces(body: Body) -> int:
    """A size of pieces that cuts the body in contents, headers and preamble only."""
    classes = body.classes()
    fit = {cut for label in ("data", "headers", "opening") for cut in classes.get(label, [])}
    return next(size for size in SIZES if fit.issuperset(range(size, len(body.data), size)))


def cases(seed: int) -> list[dict[str, Any]]:
    """Bodies in pieces below the limits, of which something together is over them or is not."""
    rng = random.Random(seed)

    def word(size: int) -> str:
        return "".join(rng.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(size))

    def field(size: int, header: int = 0) -> Part:
        return Part(word(4), word(size).encode(), extra=(("X-Note", word(header)),) if header else ())

    upload = Part("upload", word(6 * MEMORY).encode(), "upload.txt")
    few = [field(90) for _ in range(PARTS)]
    both, refused = {"decoder": "accepted", "parser": "accepted"}, {"decoder": REFUSED, "parser": REFUSED}
    one_field = {"parser": REFUSED}
    bodies = [
        ("long headers", [field(9, header=2 * MEMORY)], b"", refused),
        ("headers within the limit", [field(9, header=MEMORY // 2)], b"", both),
        ("a long preamble", [field(9)], word(2 * MEMORY).encode(), refused),
        ("a long file", [upload, field(90)], b"", both),
        ("a field over the limit", [field(MEMORY + 1)], b"", one_field),
        ("two fields at the limit", [field(MEMORY), field(MEMORY)], b"", both),
        ("as many parts as allowed", few, b"", both),
        ("a part too many", [*few, field(90)], b"", refused),
    ]
    rows = []
    for name, parts, preamble, outcomes in bodies:
        body = Body(name, b"----" + word(12).encode(), parts, preamble=preamble)
        for level, outcome in outcomes.items():
            inputs = {
                "level": level,
                "body": body.data.decode(),
                "boundary": body.boundary.decode(),
                "size": _pieces(body),
                "memory": MEMORY,
                "parts": PARTS,
            }
            rows.append({"id": f"{level}: {name}", "input": inputs, "outcome": outcome})
    return rows


def judge(case: dict[str, Any], answer: dict[str, Any]) -> tuple[bool, str]:
    """A body is refused where it was and accepted where it was."""
    return answer.get("value") == case["outcome"], f"{str(answer)[:200]}, {case['outcome']} expected"
