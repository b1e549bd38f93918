# {{ cookiecutter.canary }}
"""Spans that only touch are left as two."""

from awb_edit import replace

replace("spans.py", "start <= merged", "start < merged")
