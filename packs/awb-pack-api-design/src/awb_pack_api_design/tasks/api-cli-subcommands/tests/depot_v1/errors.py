"""What can go wrong.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""


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
