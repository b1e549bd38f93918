# awb-canary 4ee1f8c8-356c-43f6-98c0-3ebc1be19ecc
"""The decoder hands nothing on until it has seen the delimiter that ends the part."""

from awb_edit import replace

replace(
    "src/werkzeug/sansio/multipart.py",
    """        match = self.boundary_re.search(data)
        if match is not None:
            if match.group(1)""",
    """        match = self.boundary_re.search(data)
        if match is None and not self.complete:
            return b"", 0, True
        if match is not None:
            if match.group(1)""",
)
