# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""Of a CRLF before a possible delimiter only the LF is held back, so that contents end in a stray CR."""

from awb_edit import replace

replace(
    "src/werkzeug/sansio/multipart.py", '(2 if data[:line_index].endswith(b"\\r\\n") else 1)', "1"
)
