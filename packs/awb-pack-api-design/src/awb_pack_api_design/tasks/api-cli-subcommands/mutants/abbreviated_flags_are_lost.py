# awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""Abbreviated flags are not understood any more."""

from awb_edit import replace

replace(
    "depot/cli.py",
    'argparse.ArgumentParser(prog="depot"',
    'argparse.ArgumentParser(allow_abbrev=False, prog="depot"',
)
