# {{ cookiecutter.canary }}
"""A pattern that fills the row but for its end is taken for one that fills it."""

from awb_edit import replace

replace("knit.py", "period = (row + row).find(row, 1)", "period = next(p for p in range(1, len(row) + 1) if (row[:p] * len(row)).startswith(row))")
