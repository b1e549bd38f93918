"""A plugin for a version of the plugin API that does not exist yet."""

from awb_core import hookimpl

AWB_API = 2


@hookimpl
def awb_rehearsals() -> list[str]:
    """Return what only a later core knows."""
    return ["a hook of the future"]
