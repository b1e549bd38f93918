"""A cache of values by key."""


class Cache:
    """Keeps values by key, at most as many as its limit."""

    def __init__(self, limit=None):
        if limit is not None and limit < 1:
            raise ValueError("the limit must be at least 1")
        self._values = {}
        self._limit = limit

    def __contains__(self, key):
        return key in self._values

    def __len__(self):
        return len(self._values)

    def peek(self, key, default=None):
        """Return the value of a key without using it."""
        return self._values.get(key, default)

    def get(self, key, default=None):
        """Return the value of a key."""
        if key not in self._values:
            return default
        self._values[key] = self._values.pop(key)
        return self._values[key]

    def put(self, key, value):
        """Keep a value; the one that was used least recently goes."""
        self._values.pop(key, None)
        self._values[key] = value
        if self._limit is not None and len(self._values) > self._limit:
            del self._values[next(iter(self._values))]
