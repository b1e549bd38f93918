"""What can go wrong, with the status and code that a client sees."""


class CrmError(Exception):
    status = 500
    code = "internal"


class NotFound(CrmError):
    status = 404
    code = "not_found"


class Invalid(CrmError):
    status = 422
    code = "invalid"


class Conflict(CrmError):
    """A unique value is taken."""

    status = 409
    code = "conflict"


class Referenced(CrmError):
    """Something still refers to the row."""

    status = 409
    code = "referenced"


class MethodNotAllowed(CrmError):
    status = 405
    code = "method"
