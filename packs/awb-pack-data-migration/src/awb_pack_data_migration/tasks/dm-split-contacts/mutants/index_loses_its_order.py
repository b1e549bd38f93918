# awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""The index on the date comes back without DESC."""

from awb_edit import replace

replace("migrations/002_down.sql", "ON contacts (created DESC)", "ON contacts (created)")
