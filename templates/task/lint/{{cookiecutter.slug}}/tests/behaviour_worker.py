"""{{ cookiecutter.canary }}

Runs in the sandbox: asks the workspace, and knows nothing of what is right.
"""

import sys

sys.path.insert(0, ".")
from awb_worker import serve


def handle(calls):
    import invoice

    return [getattr(invoice, name)(*arguments) for name, arguments in calls]


serve(handle, isolate=True, seconds=5)
