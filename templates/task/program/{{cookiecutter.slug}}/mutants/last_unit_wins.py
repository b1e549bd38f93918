# {{ cookiecutter.canary }}
"""A later part replaces the earlier ones instead of being added."""

from awb_edit import replace

replace("durations.py", "total += Fraction", "total = Fraction")
