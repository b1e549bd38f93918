"""A plugin that does not come to its end when it is imported, and catches what it can."""

import contextlib
import time

while True:
    with contextlib.suppress(Exception):
        time.sleep(3600)
