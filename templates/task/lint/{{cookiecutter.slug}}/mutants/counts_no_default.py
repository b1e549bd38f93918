# {{ cookiecutter.canary }}
"""The count of a line must be given now."""

from awb_edit import replace

replace("invoice.py", "count: int = 1)", "count: int)")
