"""The HTML stays as it was: documents put together afresh from pieces whose HTML is known.

awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from documents import FAMILIES

KNOWN = json.loads(Path(__file__).with_name("fragments.json").read_text(encoding="utf-8"))
MIXED = 22
PIECES = 14
SMALL = 3


def cases(seed: int) -> list[dict]:
    """Mixed documents, each fragment at least once, small ones of each family, and fixed ones with footnotes."""
    rng = random.Random(seed)
    documents = [(f"notes-{number:02}", item["source"], item["html"]) for number, item in enumerate(KNOWN["documents"])]
    pool: list[dict] = []
    for number in range(MIXED):
        if len(pool) < PIECES:
            pool = rng.sample(KNOWN["fragments"], len(KNOWN["fragments"]))
        pieces, pool = pool[:PIECES], pool[PIECES:]
        source = "\n\n***\n\n".join(piece["source"] for piece in pieces)
        documents.append((f"mixed-{number:02}", source, "<hr />\n".join(piece["html"] for piece in pieces)))
    for name, (maker, _, _) in FAMILIES.items():
        for number in range(SMALL):
            documents.append((f"{name}-{number}", *maker(rng, rng.randrange(10, 30))))
    return [{"id": name, "input": {"text": source}, "html": html} for name, source, html in documents]


def judge(case: dict, answer: dict) -> tuple[bool, str]:
    """Whether the HTML is the expected one to the letter."""
    value = answer.get("value") if isinstance(answer, dict) else None
    if isinstance(value, str) and value == case["html"]:
        return True, ""
    return False, f"got {str(value if value is not None else answer)[:300]!r}"
