# awb-canary 8ace998f-0514-4320-8e03-b473696b96b8
"""Returns the name as it came once it was checked, with its empty segments."""

from awb_edit import replace

replace(
    "paths.py",
    '    return "/".join(segments)\n',
    "    return name\n",
)
