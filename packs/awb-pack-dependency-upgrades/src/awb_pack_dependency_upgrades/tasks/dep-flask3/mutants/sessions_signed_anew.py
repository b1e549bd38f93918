# awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""Sessions are signed with SHA-256, so that those of the old stack end and it does not know the new ones."""

from awb_edit import replace

SESSIONS = "tidewater/sessions.py"

replace(
    SESSIONS,
    '    salt = "tidewater-session"\n',
    """    salt = "tidewater-session"
    digest_method = staticmethod(hashlib.sha256)
""",
)
replace(
    SESSIONS,
    "from flask.sessions",
    """import hashlib

from flask.sessions""",
)
