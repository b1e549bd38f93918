"""A cache of values by key."""


class Cache:
    """Keeps values by key."""

    def __init__(self):
        self._values = {}

    def get(self, key, default=None):
        """Return the value of a key."""
        return self._values.get(key, default)

    def put(self, key, value):
        """Keep a value."""
        self._values[key] = value
