# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""The search for the first boundary goes on behind what has been received, over one that was cut."""

from awb_edit import replace

replace(
    "src/werkzeug/sansio/multipart.py",
    "self._search_position = max(0, _last_line_index(self.buffer) - 2)",
    "self._search_position = len(self.buffer)",
)
