# awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""The copy for the way back has text columns, so that phones and dates stored as numbers return as text."""

from awb_edit import replace

replace(
    "migrations/002_up.sql",
    """CREATE TABLE IF NOT EXISTS v1_contacts (
    id       INTEGER PRIMARY KEY,
    name     TEXT,
    company  TEXT,
    emails,
    phones,
    country  TEXT,
    tags     TEXT,
    created,
""",
    """CREATE TABLE IF NOT EXISTS v1_contacts (
    id       INTEGER PRIMARY KEY,
    name     TEXT,
    company  TEXT,
    emails   TEXT,
    phones   TEXT,
    country  TEXT,
    tags     TEXT,
    created  TEXT,
""",
)
