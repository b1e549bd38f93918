# {{ cookiecutter.canary }}
"""The number repeats the first stitch of a pattern only."""

from awb_edit import replace

replace("knit.py", 'f"{count}({inner})"', 'f"{count}{inner}"')
