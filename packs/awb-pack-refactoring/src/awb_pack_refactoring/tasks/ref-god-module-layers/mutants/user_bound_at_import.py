# awb-canary f52d3ef8-5ce3-4af1-ae3b-254163d5eb41
"""The user of the audit trail is bound when the module is loaded, and setting another has no effect."""

from awb_edit import replace

AUDIT = "src/backoffice/storage/audit.py"

replace(
    AUDIT,
    'def record(action, subject, detail=""):',
    'def record(action, subject, detail="", user=_user):',
)
replace(AUDIT, "(today(), _user, action", "(today(), user, action")
