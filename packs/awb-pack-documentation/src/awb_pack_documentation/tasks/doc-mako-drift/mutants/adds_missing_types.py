# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""Every parameter that had no type is given one on the way."""

import re
from pathlib import Path

from awb_edit import write

for path in Path("mako").rglob("*.py"):
    text = path.read_text("utf-8")
    typed = set(re.findall(r":type (\w+):", text))
    rows = []
    for row in text.split("\n"):
        rows.append(row)
        field = re.match(r"( *):param (\w+): .*\.$", row)
        if field and field[2] not in typed:
            rows.append(f"{field[1]}:type {field[2]}: str")
    write(str(path), "\n".join(rows))
