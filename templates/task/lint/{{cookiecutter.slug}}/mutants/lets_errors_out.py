# {{ cookiecutter.canary }}
"""A text that is no line raises, where it gave None."""

from awb_edit import replace

replace("invoice.py", "except (AttributeError, ValueError):\n        return None", "except KeyError:\n        return None")
