"""The flags keep their parser and get a warning; what does not begin with an action is a command.

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
    """Does this begin with a command, or hold nothing but what both kinds know?"""
    rest = list(argv)
    while rest:
        first = rest.pop(0)
        if first == "--file" and rest:
            rest.pop(0)
        elif not (first.startswith("--file=") or first in ("--quiet", "--json")):
            return not first.startswith("-") or first in ("-h", "--help")
    return True


def main(argv: list[str]) -> int:
    if _is_command(argv):
        return commands.main(argv)
    if commands.wants_json(argv):
        return commands.fail(BadValue("the flags do not know --json"), as_json=True)
    options = _parser().parse_args(argv)
    mode = os.environ.get("DEPOT_DEPRECATIONS")
    text = _deprecation(options)
    if mode == "error":
        print(f"error: {text}", file=sys.stderr)
        return 2
    if mode != "ignore":
        print(f"warning: {text}", file=sys.stderr, flush=True)
    try:
''',
)
