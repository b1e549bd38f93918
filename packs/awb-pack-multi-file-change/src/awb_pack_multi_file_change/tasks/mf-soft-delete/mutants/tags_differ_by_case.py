# awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""The new table of tags compares names with case, which the old one did not."""

from awb_edit import replace

replace(
    "crm/schema.sql",
    """    name       TEXT NOT NULL COLLATE NOCASE,
    created_at TEXT NOT NULL,
    deleted_at""",
    """    name       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    deleted_at""",
)
