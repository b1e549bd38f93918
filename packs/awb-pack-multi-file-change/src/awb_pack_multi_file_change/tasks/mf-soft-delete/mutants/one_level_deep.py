# awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""A deletion takes what hangs below the row, but not what hangs below that."""

from awb_edit import replace

replace(
    "crm/below.py",
    "        for below, query in QUERIES.get(row[0], {}).items():",
    """        below_it = QUERIES.get(row[0], {}) if row == (entity, number) else {}
        for below, query in below_it.items():""",
)
