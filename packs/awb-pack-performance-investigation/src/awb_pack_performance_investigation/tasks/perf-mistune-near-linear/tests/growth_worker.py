"""Render documents under the meter.

awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""

import _thread
import builtins
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, "src")

from awb_worker import serve  # noqa: E402
from meter import Meter, forbid, self_check  # noqa: E402

self_check()


def known_work(rounds):
    """Work of the usual kinds that owes nothing to the workspace."""
    words, found = [], {}
    for number in range(rounds):
        word = "word " + str(number % 97)
        if word.startswith("word 1") and word not in found:
            found[word] = len(words)
        words.append(word.strip())
    return len(words)


def handle(case):
    if "rounds" in case:
        meter = Meter(1 << 40)
        meter.measure(known_work, case["rounds"])
        return {"work": meter.work}
    for module, name in ((sys, "settrace"), (_thread, "start_new_thread"), (os, "fork"), (os, "posix_spawn")):
        forbid(module, name)
    given = dict(vars(builtins))
    import mistune

    renderer = mistune.create_markdown(plugins=["footnotes", "table", "strikethrough"])
    renderer("*a **b*** [c][d] `e`[^f]\n\n- g\n- h\n\n[d]: /d\n[^f]: i\n")
    rendered = []
    for document in reversed(case["documents"]):
        meter = Meter(document["limit"])
        html = meter.measure(renderer, document["text"])
        changed = sorted(name for name, value in given.items() if vars(builtins).get(name) is not value)
        if changed:
            return {"disturbed": f"built-ins were replaced: {changed}"}
        if meter.over:
            return {"over": True}
        rendered.append({"html": html, "work": meter.work})
    return {"rendered": rendered[::-1]}


serve(handle, isolate=True, seconds=60, measure_cpu=True)
