"""{{ cookiecutter.canary }}

Runs in the sandbox: asks the workspace, and knows nothing of what is right.
"""

import sys

sys.path.insert(0, ".")
from awb_worker import serve


def handle(case):
    from tables import render

    return render(case["rows"], **case["options"])


serve(handle, isolate=True, seconds=5)
