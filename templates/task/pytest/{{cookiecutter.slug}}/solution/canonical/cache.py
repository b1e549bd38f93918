"""A cache of values by key, with a limit."""


class Cache:
    """Keeps values by key, in the order of their use; the entry that was used least recently goes first."""

    def __init__(self, limit=None, dropped=None):
        self._limit = _checked(limit)
        self._dropped = dropped
        self._values = {}

    def __contains__(self, key):
        return key in self._values

    def __len__(self):
        return len(self._values)

    def get(self, key, default=None):
        """Return the value of a key, which counts as a use."""
        if key not in self._values:
            return default
        value = self._values.pop(key)
        self._values[key] = value
        return value

    def peek(self, key, default=None):
        """Return the value of a key, which does not count as a use."""
        return self._values.get(key, default)

    def put(self, key, value):
        """Keep a value, which counts as a use."""
        self._values.pop(key, None)
        self._values[key] = value
        self._shrink()

    def resize(self, limit):
        """Set another limit, and drop what is too much."""
        self._limit = _checked(limit)
        self._shrink()

    def _shrink(self):
        while self._limit is not None and len(self._values) > self._limit:
            key = next(iter(self._values))
            value = self._values.pop(key)
            if self._dropped is not None:
                self._dropped(key, value)


def _checked(limit):
    if limit is not None and limit < 1:
        raise ValueError(f"the limit must be at least 1, not {limit}")
    return limit
