# awb-canary 8ace998f-0514-4320-8e03-b473696b96b8
"""Drops `..` like `.` instead of refusing the name."""

from awb_edit import replace

replace(
    "paths.py",
    'not in ("", ".")',
    'not in ("", ".", "..")',
)
