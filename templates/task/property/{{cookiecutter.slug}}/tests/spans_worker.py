"""{{ cookiecutter.canary }}

Runs in the sandbox: asks the workspace, and knows nothing of what is right.
"""

import copy
import sys

sys.path.insert(0, ".")
from awb_worker import serve


def handle(bookings):
    import spans

    answer = {}
    for name in ("merge", "total", "gaps"):
        given = copy.deepcopy(bookings)
        try:
            result = getattr(spans, name)(given)
        except Exception as error:  # noqa: BLE001 - the workspace may raise anything
            result = f"raised {type(error).__name__}"
        answer[name] = {"result": result, "changed": given != bookings}
    return answer


serve(handle, isolate=True, seconds=5)
