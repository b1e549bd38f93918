# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""The last line is held back whatever it says, so that long lines do not flow."""

from awb_edit import replace

replace(
    "src/werkzeug/sansio/multipart.py", " or not self._may_become_boundary(data[line_index:])", ""
)
