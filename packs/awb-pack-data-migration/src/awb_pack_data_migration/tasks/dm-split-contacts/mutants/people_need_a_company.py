# awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""An inner join with the companies loses everybody who has none."""

from awb_edit import replace

replace(
    "migrations/002_up.sql",
    "    LEFT JOIN companies k ON k.name_key = f.company_key\n",
    "    JOIN companies k ON k.name_key = f.company_key\n",
)
