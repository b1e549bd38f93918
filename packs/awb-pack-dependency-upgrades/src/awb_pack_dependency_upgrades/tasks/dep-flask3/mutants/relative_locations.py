# awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""Redirects keep the new default: addresses without scheme and host."""

from awb_edit import replace

replace("tidewater/app.py", "    response_class = DeskResponse\n", "")
