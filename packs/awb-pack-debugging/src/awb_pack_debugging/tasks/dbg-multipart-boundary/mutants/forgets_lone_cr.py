# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""Only LF ends a line when the last line is looked for, so that a delimiter after CR is cut in two."""

from awb_edit import replace

replace(
    "src/werkzeug/sansio/multipart.py",
    'max(data.rfind(b"\\n"), data.rfind(b"\\r")) + 1',
    'data.rfind(b"\\n") + 1',
)
