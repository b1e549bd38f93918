"""Give up on a plugin that hangs."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from awb_core.errors import UsageError

CORE = "awb-core"
"""The distribution of the core."""
SECONDS_VARIABLE = "AWB_PLUGIN_SECONDS"
IMPORT_SECONDS = 10.0
"""How long the import of one plugin may take, and each answer of its hooks."""


class TooSlow(BaseException):
    """No `Exception`, so that a plugin that catches those does not go on."""


@contextmanager
def bounded(distribution: str) -> Iterator[None]:
    """Interrupt a plugin that takes too long, again and again until it gives up.

    The core's own plugin has no limit, for nothing works without it.
    Only the main thread can be interrupted, and no C code that never returns: this bounds mistakes, not malice.
    """
    seconds = 0.0 if distribution == CORE else limit()
    if threading.current_thread() is not threading.main_thread() or not seconds > 0:
        yield
        return

    def interrupt(*_: object) -> None:
        raise TooSlow(f"took longer than {seconds:g} s; {SECONDS_VARIABLE} gives it more")

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:  # the last alarm may ring just here
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def limit() -> float:
    """Return how many seconds a plugin has.

    Raises:
        UsageError: `AWB_PLUGIN_SECONDS` is no number.
    """
    text = os.environ.get(SECONDS_VARIABLE) or str(IMPORT_SECONDS)
    try:
        return float(text)
    except ValueError:
        message = f"{SECONDS_VARIABLE} must be a number of seconds, is {text!r}"
        raise UsageError(message) from None
