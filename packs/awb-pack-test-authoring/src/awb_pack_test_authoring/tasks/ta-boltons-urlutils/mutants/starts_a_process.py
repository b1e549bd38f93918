# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test runs the module in a process of its own."""

from awb_edit import replace

SUITE = "tests/test_urlutils.py"

replace(SUITE, "import socket\n", "import subprocess\nimport sys\nimport socket\n")
replace(
    SUITE,
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_import_is_silent():
    command = [sys.executable, "-c", "import boltons.urlutils"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b""


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
