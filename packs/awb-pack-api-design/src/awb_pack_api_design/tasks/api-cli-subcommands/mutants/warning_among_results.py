# awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""The warning about a flag goes to the standard output, where scripts read the results."""

from awb_edit import replace

replace(
    "depot/cli.py",
    'print(f"warning: {text}", file=sys.stderr, flush=True)',
    'print(f"warning: {text}", flush=True)',
)
