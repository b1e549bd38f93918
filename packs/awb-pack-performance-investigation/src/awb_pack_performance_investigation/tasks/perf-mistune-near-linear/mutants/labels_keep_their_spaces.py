# awb-canary 3b7a5d0e-7f0b-4a43-9a5b-6c1f0b5f6f11
"""References are looked up without regard to case, but with the white space that they are written with."""

from awb_edit import replace

replace(
    "src/mistune/_inline/links.py",
    "    ref = refs.get(unikey(label))",
    "    ref = refs.get(label.lower().upper())",
)
