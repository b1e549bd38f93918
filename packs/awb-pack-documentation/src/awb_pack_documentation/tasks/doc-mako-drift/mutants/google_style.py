# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""The fields are rewritten as sections with names and types in brackets, which say the same to a reader."""

import re
from pathlib import Path

from awb_edit import write

for path in Path("mako").rglob("*.py"):
    text = path.read_text("utf-8")
    text = re.sub(r"(?m)^( *):param (\w+): ", r"\1    \2: ", text)
    write(str(path), re.sub(r"(?m)^( *):rtype: ", r"\1Returns: ", text))
