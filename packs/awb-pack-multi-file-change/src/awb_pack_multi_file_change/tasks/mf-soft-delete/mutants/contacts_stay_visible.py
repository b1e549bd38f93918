# awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""The view of the live contacts lost its condition, so that those in the trash still show everywhere."""

from awb_edit import replace

replace(
    "crm/schema.sql",
    "live_contacts AS SELECT * FROM contacts WHERE deleted_at IS NULL",
    "live_contacts AS SELECT * FROM contacts",
)
