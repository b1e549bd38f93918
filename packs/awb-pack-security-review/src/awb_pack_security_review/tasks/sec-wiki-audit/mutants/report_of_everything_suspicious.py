# awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""Whatever looks dangerous stands in the report next to the flaws."""

import json
from pathlib import Path

from awb_edit import write

SUSPECTS = [
    ("CWE-89", "quire/pages.py", 178),
    ("CWE-89", "quire/pages.py", 187),
    ("CWE-79", "quire/search.py", 95),
    ("CWE-95", "quire/markup.py", 195),
    ("CWE-502", "quire/cache.py", 24),
    ("CWE-327", "quire/cache.py", 48),
    ("CWE-330", "quire/views/browse.py", 70),
    ("CWE-22", "quire/attachments.py", 75),
    ("CWE-601", "quire/views/pages.py", 75),
    ("CWE-352", "quire/app.py", 80),
    ("CWE-611", "quire/archive.py", 190),
    ("CWE-798", "quire/settings.py", 13),
    ("CWE-1275", "quire/sessions.py", 75),
    ("CWE-916", "quire/passwords.py", 20),
    ("CWE-307", "quire/accounts.py", 60),
    ("CWE-319", "quire/webhooks.py", 110),
]
report = json.loads(Path("findings.sarif").read_text("utf-8"))
for rule, path, line in SUSPECTS:
    place = {"artifactLocation": {"uri": path}, "region": {"startLine": line}}
    result = {
        "ruleId": rule,
        "message": {"text": "suspicious"},
        "locations": [{"physicalLocation": place}],
    }
    report["runs"][0]["results"].append(result)
write("findings.sarif", json.dumps(report, indent=2))
