# {{ cookiecutter.canary }}
"""The mark comes on top of the width; and every line is filled up with blanks."""

from awb_edit import replace

replace("tables.py", "cell[: width - len(MARK)]", "cell[:width]")
replace("tables.py", ".rstrip()", "")
