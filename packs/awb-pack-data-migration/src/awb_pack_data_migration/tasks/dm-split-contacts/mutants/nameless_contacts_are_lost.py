# awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""Contacts without a name are no persons, although they keep an address, and are not quarantined either."""

from awb_edit import replace

replace(
    "migrations/002_up.sql",
    "    LEFT JOIN temp.v1_name n ON n.contact_id = c.id\n",
    "    JOIN temp.v1_name n ON n.contact_id = c.id\n",
)
