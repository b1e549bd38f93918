# awb-canary c2f5b9de-3a0e-4e53-8a43-7d0d6b3e9a64
"""The command that tells the Flask version in use leaves out its last part."""

from awb_edit import replace

replace(
    "tidewater/config.py",
    '"Flask " + metadata.version("flask")',
    '"Flask " + ".".join(metadata.version("flask").split(".")[:2])',
)
