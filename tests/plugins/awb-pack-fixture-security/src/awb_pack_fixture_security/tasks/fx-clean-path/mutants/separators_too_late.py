# awb-canary 8ace998f-0514-4320-8e03-b473696b96b8
"""Turns backslashes into separators after the rules were applied."""

from awb_edit import replace

replace(
    "paths.py",
    '    name = name.replace("\\\\", "/")\n',
    "",
)
replace(
    "paths.py",
    '    return "/".join(segments)\n',
    '    return "/".join(segments).replace("\\\\", "/")\n',
)
