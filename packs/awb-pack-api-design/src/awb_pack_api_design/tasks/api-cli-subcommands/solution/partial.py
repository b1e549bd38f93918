"""Commands and exit codes, as text only.

awb-canary aa66fce6-537e-4c8e-ae2c-cb97bf2a897d
"""

from awb_edit import replace

replace(
    "depot/cli.py",
    '"""The command line."""',
    '"""The command line: commands, and the flags of old, which they replace."""',
)
replace("depot/cli.py", "from . import __version__, operations", "from . import __version__, commands, operations")
replace(
    "depot/cli.py",
    "def main(argv: list[str]) -> int:\n    options = _parser().parse_args(argv)\n    try:\n",
    '''# Which command does what an action did, and where its flag leaves its value.
REPLACED = {
    "init": ("--init", "init"),
    "add": ("--add", "item add"),
    "edit": ("--edit", "item edit"),
    "delete": ("--delete", "item remove"),
    "show": ("--show", "item show"),
    "list": ("--list", "item list"),
    "find": ("--find", "item find"),
    "stock_in": ("--in", "stock in"),
    "out": ("--out", "stock out"),
    "move": ("--move", "stock move"),
    "set": ("--set", "stock count"),
    "tag": ("--tag", "tag add"),
    "untag": ("--untag", "tag remove"),
    "tag_list": ("--tag-list", "tag list"),
    "report": ("--report", "report"),
    "export": ("--export", "data export"),
    "import_file": ("--import", "data import"),
    "log": ("--log", "log"),
    "undo": ("--undo", "undo"),
    "verify": ("--verify", "data verify"),
}


def _deprecation(options: argparse.Namespace) -> str:
    for name, (flag, command) in REPLACED.items():
        if getattr(options, name) not in (None, False):
            return f'{flag} is deprecated; use "depot {command}"'
    raise AssertionError("an action is required")


def _is_command(argv: list[str]) -> bool:
    return not argv or not argv[0].startswith("-") or argv[0] in ("-h", "--help")


def main(argv: list[str]) -> int:
    if _is_command(argv):
        return commands.main(argv)
    options = _parser().parse_args(argv)
    print(f"warning: {_deprecation(options)}", file=sys.stderr, flush=True)
    try:
''',
)
