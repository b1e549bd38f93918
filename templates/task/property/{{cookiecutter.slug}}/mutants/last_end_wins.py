# {{ cookiecutter.canary }}
"""A span inside a longer one cuts the longer one short."""

from awb_edit import replace

replace("spans.py", "max(merged[-1][1], end)", "end")
