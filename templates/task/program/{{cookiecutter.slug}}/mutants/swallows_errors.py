# {{ cookiecutter.canary }}
"""Whatever cannot be read counts as no time at all."""

from awb_edit import replace

replace(
    "durations.py",
    "    total = _total(stripped)\n",
    "    try:\n        total = _total(stripped)\n    except DurationError:\n        return 0\n",
)
