# awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""Login gives the session a new id and ends all other sessions of that user with it."""

from awb_edit import replace

replace(
    "quire/sessions.py",
    """        \"\"\"Make the session one of a user.\"\"\"
        self._db.run("DELETE FROM sessions WHERE id = ?", session.id)
""",
    """        \"\"\"Make the session one of a user.\"\"\"
        self._db.run("DELETE FROM sessions WHERE id = ? OR user_id = ?", session.id, user_id)
""",
)
