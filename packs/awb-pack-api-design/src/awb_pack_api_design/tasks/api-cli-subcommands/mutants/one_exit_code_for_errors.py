# awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""Every error but wrong usage ends with 1, as the flags do."""

from awb_edit import replace

replace(
    "depot/commands.py",
    """    Missing: (3, "not_found"),
    Exists: (4, "exists"),
    StoreError: (5, "store"),""",
    """    Missing: (1, "not_found"),
    Exists: (1, "exists"),
    StoreError: (1, "store"),""",
)
