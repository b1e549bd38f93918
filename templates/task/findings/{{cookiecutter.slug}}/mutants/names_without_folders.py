# {{ cookiecutter.canary }}
"""Files are named without their folder."""

import json
from pathlib import Path

REPORT = Path("findings.sarif")
document = json.loads(REPORT.read_text("utf-8"))
for result in document["runs"][0]["results"]:
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    artifact["uri"] = artifact["uri"].rpartition("/")[2]
REPORT.write_text(json.dumps(document), "utf-8")
