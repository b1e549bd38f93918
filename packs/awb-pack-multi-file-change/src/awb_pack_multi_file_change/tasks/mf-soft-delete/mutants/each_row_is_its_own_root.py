# awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""A deletion puts what hangs below into the trash as well, but each row as a deletion of its own."""

from awb_edit import replace

replace("crm/trash.py", "(now, entity, number, each)", "(now, kind, each, each)")
