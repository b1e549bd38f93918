"""awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc

A long file must flow through: what is held back is bounded, however long the part is.
"""

from __future__ import annotations

import random
from typing import Any

DECODER_SLACK = 64
PARSER_SLACK = 256 * 1024


def cases(seed: int) -> list[dict[str, Any]]:
    """Contents that tempt a decoder to wait, at both levels."""
    rng = random.Random(seed)
    boundary = "----" + "".join(rng.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(16))
    head = f"--{boundary}\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\n"
    contents = {
        "text": "a line of text\r\n" * 512,
        "line breaks": "\r\n" * 4096,
        "hyphens": "-" * 8192,
        "lookalikes": f"\r\n--{boundary[:-1]}" * 300,
        "no line break": "x" * 8192,
    }
    rows = []
    for name, block in contents.items():
        for level, slack in (("decoder", len(boundary) + DECODER_SLACK), ("parser", PARSER_SLACK)):
            inputs = {
                "level": level,
                "boundary": boundary,
                "head": head,
                "block": block,
                "blocks": (600_000 if level == "parser" else 120_000) // len(block),
            }
            rows.append({"id": f"{level}: {name}", "input": inputs, "limit": slack})
    return rows


def judge(case: dict[str, Any], answer: dict[str, Any]) -> tuple[bool, str]:
    """The lag stays below the limit of the level."""
    value = answer.get("value")
    right = isinstance(value, int) and not isinstance(value, bool) and value <= case["limit"]
    return right, f"{str(answer)[:200]}, at most {case['limit']} bytes"
