"""Render documents.

awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""

import sys

sys.path.insert(0, "src")

from awb_worker import serve  # noqa: E402


def handle(case):
    import mistune

    return mistune.create_markdown(plugins=["footnotes", "table", "strikethrough"])(case["text"])


serve(handle, isolate=True, seconds=10)
