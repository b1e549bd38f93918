# {{ cookiecutter.canary }}
"""Every line is counted from the end of its file."""

import json
from pathlib import Path

REPORT = Path("findings.sarif")
document = json.loads(REPORT.read_text("utf-8"))
for result in document["runs"][0]["results"]:
    place = result["locations"][0]["physicalLocation"]
    lines = Path(place["artifactLocation"]["uri"]).read_text("utf-8").count("\n")
    place["region"]["startLine"] = lines + 1 - place["region"]["startLine"]
REPORT.write_text(json.dumps(document), "utf-8")
