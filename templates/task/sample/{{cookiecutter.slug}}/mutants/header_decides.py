# {{ cookiecutter.canary }}
"""The header is asked for a number as well, so that nothing is aligned to the right; and cells are never cut."""

from awb_edit import replace

replace("tables.py", "_is_numeric(column[1:])", "_is_numeric(column)")
replace("tables.py", "cell[: width - len(MARK)] + MARK", "cell[:width]")
