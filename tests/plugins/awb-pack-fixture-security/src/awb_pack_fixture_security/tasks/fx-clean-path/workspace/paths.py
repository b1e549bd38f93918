"""Where an upload is stored."""


def clean_path(name: str) -> str:
    """Return the path below the upload folder for the name that a client sent."""
    return name
