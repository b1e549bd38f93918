# {{ cookiecutter.canary }}
"""A plain number is refused now, for want of a unit."""

from awb_edit import replace

replace("durations.py", "        return int(stripped)\n", '        raise DurationError("a unit is missing")\n')
