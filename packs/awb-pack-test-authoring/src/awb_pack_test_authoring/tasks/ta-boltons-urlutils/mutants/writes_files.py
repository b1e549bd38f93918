# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test goes through a file."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_written_and_read(tmp_path):
    path = tmp_path / "url.txt"
    path.write_text(URL("http://h/").to_text())
    assert URL(path.read_text()) == URL("http://h/")


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
