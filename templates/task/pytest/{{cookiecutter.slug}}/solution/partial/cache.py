"""A cache of values by key."""


class Cache:
    """Keeps values by key, at most as many as its limit."""

    def __init__(self, limit=None):
        if limit is not None and limit < 1:
            raise ValueError("the limit must be at least 1")
        self._values = {}
        self._limit = limit

    def get(self, key, default=None):
        """Return the value of a key."""
        return self._values.get(key, default)

    def put(self, key, value):
        """Keep a value; the one that was added first goes."""
        self._values[key] = value
        if self._limit is not None and len(self._values) > self._limit:
            del self._values[next(iter(self._values))]
