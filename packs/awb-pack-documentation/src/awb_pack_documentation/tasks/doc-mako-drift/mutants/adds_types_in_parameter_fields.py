# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""Parameters without a type are given one in the same field, as in `:param str name:`."""

import re
from pathlib import Path

from awb_edit import write

for path in Path("mako").rglob("*.py"):
    text = path.read_text("utf-8")
    write(str(path), re.sub(r"(?m)^( *):param (\w+): (?!.*Defaults)(.*\.)$", r"\1:param str \2: \3", text))
