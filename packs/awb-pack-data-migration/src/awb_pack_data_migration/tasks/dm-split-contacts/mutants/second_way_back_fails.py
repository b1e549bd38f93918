# awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""The way back expects the tables of 002 and fails where it has been run already."""

from awb_edit import replace

replace("migrations/002_down.sql", "DROP TABLE IF EXISTS people;", "DROP TABLE people;")
