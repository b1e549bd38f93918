# awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""The setting for the order of keys in JSON is gone, and the new default sorts them."""

from awb_edit import replace

replace("tidewater/encoding.py", "    sort_keys = False\n", "")
