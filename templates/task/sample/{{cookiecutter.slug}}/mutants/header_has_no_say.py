# {{ cookiecutter.canary }}
"""A header that is wider than its column pushes the rest aside."""

from awb_edit import replace

replace("tables.py", "max(len(cell) for cell in column)", "max(len(cell) for cell in column[1:])")
replace("tables.py", "str.rjust if", "str.ljust if")
