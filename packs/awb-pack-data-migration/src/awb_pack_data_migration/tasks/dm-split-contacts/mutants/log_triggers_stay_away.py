# awb-canary d1b08700-1fbd-465d-8b2a-d5076e021755
"""The way back restores the table but not the trigger that logs changes."""

from awb_edit import replace

replace(
    "migrations/002_down.sql",
    """CREATE TRIGGER contacts_log_update AFTER UPDATE ON contacts
BEGIN
    INSERT INTO change_log (table_name, row_id, action) VALUES ('contacts', new.id, 'update');
END;

""",
    "",
)
