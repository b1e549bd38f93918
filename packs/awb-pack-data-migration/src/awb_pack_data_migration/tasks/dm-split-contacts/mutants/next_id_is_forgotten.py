# awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""The way back leaves the next id to SQLite, which counts on from the highest id that is left."""

from awb_edit import replace

replace(
    "migrations/002_down.sql",
    """DELETE FROM sqlite_sequence WHERE name = 'contacts' AND EXISTS (SELECT 1 FROM v1_sequence);
INSERT INTO sqlite_sequence (name, seq) SELECT 'contacts', seq FROM v1_sequence;
""",
    "",
)
