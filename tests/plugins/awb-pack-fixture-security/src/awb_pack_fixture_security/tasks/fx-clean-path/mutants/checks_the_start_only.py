# awb-canary 8ace998f-0514-4320-8e03-b473696b96b8
"""Looks for `..` only where the name begins, as a prefix."""

from awb_edit import replace

replace(
    "paths.py",
    "    for segment in segments:\n        _check(segment)\n",
    '    if name.startswith(".."):\n        raise ValueError("leads elsewhere")\n',
)
