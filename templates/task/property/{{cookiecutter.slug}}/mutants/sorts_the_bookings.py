# {{ cookiecutter.canary }}
"""The caller's own list is put in order on the way."""

from awb_edit import replace

replace("spans.py", "    merged = []\n", "    spans.sort()\n    merged = []\n")
