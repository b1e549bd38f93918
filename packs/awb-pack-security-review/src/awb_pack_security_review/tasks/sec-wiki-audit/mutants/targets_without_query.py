# awb-canary 06f1ae98-2f2c-4e8b-b8e3-902572775397
"""After login only plain paths are gone to: queries and fragments are lost."""

from awb_edit import replace

AUTH = "quire/views/auth.py"

replace(
    AUTH,
    """    if target.startswith("/") and target[1:2] not in ("/", "\\\\") and target.isprintable():
""",
    '    if re.fullmatch(r"/([\\w-]+/?)*", target, re.ASCII):\n',
)
replace(
    AUTH,
    "from quire import forms\n",
    """import re

from quire import forms
""",
)
