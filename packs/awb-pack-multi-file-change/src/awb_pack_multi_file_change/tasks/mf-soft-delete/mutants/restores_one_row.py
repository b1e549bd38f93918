# awb-canary 7023becb-6790-4dae-ac98-1a6c226f2225
"""Restoring brings back the row that was asked for, and leaves the rest of its deletion in the trash."""

from awb_edit import replace

replace(
    "crm/trash.py",
    """                for member in self.db.all(f"SELECT * FROM {kind} WHERE root_type = ? AND root_id = ? ORDER BY id", root):
                    if""",
    """                for member in self.db.all(f"SELECT * FROM {kind} WHERE root_type = ? AND root_id = ? ORDER BY id", root):
                    if (kind, member["id"]) == (entity, number) and""",
)
