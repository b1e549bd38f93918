"""Time, so that it can be replaced."""

import datetime


def system_clock():
    return datetime.datetime.now().replace(microsecond=0)


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start):
        if isinstance(start, str):
            start = datetime.datetime.fromisoformat(start)
        self.now = start

    def __call__(self):
        return self.now

    def advance(self, **delta):
        self.now = self.now + datetime.timedelta(**delta)


def from_text(text):
    return FixedClock(text)
