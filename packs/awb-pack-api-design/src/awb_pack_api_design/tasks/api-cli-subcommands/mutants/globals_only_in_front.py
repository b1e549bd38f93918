# awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""The global options are known before the command, but not after it."""

from awb_edit import replace

replace(
    "depot/commands.py",
    """    parser = commands.add_parser(name, help=text, description=text)
    _globals(parser)
""",
    """    parser = commands.add_parser(name, help=text, description=text)
""",
    count=2,
)
