# awb-canary 8ace998f-0514-4320-8e03-b473696b96b8
"""Refuses control characters below the blank and forgets U+007F."""

from awb_edit import replace

replace(
    "paths.py",
    " or ord(letter) == 127",
    "",
)
