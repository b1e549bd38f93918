# awb-canary 57d0c6a4-5a0f-4f39-93c2-0d0e3f8f5b27
"""The corrected result type goes into the signature as an annotation as well."""

from awb_edit import replace

replace(
    "mako/template.py",
    """    def list_defs(self):
        \"\"\"return""",
    """    def list_defs(self) -> list:
        \"\"\"return""",
)
