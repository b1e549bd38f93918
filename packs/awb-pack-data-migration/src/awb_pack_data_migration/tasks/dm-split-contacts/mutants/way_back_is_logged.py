# awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""The rows come back after the triggers, which log each of them as a change."""

from awb_edit import replace

DOWN = "migrations/002_down.sql"

replace(
    DOWN,
    """INSERT INTO contacts (id, name, company, emails, phones, country, tags, created, source)
    SELECT id, name, company, emails, phones, country, tags, created, source FROM v1_contacts;

""",
    "",
)
replace(
    DOWN,
    "DROP VIEW IF EXISTS contact_directory;\n",
    """INSERT INTO contacts (id, name, company, emails, phones, country, tags, created, source)
    SELECT id, name, company, emails, phones, country, tags, created, source FROM v1_contacts;

DROP VIEW IF EXISTS contact_directory;
""",
)
