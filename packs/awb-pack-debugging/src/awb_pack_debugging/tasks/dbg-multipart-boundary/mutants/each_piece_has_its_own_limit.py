# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""The limit on memory counts the piece that arrives and not what is buffered already."""

from awb_edit import replace

replace(
    "src/werkzeug/sansio/multipart.py",
    "and len(self.buffer) + len(data) > self.max_form_memory_size",
    "and len(data) > self.max_form_memory_size",
)
