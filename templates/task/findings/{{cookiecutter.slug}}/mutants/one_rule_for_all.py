# {{ cookiecutter.canary }}
"""Every place is right, and every weakness is called an injection of script."""

import json
from pathlib import Path

REPORT = Path("findings.sarif")
document = json.loads(REPORT.read_text("utf-8"))
for result in document["runs"][0]["results"]:
    result["ruleId"] = "CWE-79"
REPORT.write_text(json.dumps(document), "utf-8")
