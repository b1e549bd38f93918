# awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""The report names the files as the package sees them, and not from the top folder of the workspace."""

from awb_edit import replace

replace("findings.sarif", '"uri": "quire/', '"uri": "', count=14)
