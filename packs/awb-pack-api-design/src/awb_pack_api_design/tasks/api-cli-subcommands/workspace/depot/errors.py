"""What can go wrong."""


class DepotError(Exception):
    """The message is for the user."""


class StoreError(DepotError):
    """There is no store, or it cannot be read."""


class Exists(DepotError):
    """Something of this name is there already."""


class Missing(DepotError):
    """There is nothing of this name."""


class BadValue(DepotError):
    """A value that makes no sense."""


class Refused(DepotError):
    """The rules of the depot forbid it."""
