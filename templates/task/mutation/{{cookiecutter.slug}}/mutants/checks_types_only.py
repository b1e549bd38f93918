# {{ cookiecutter.canary }}
"""A suite that runs everything and asserts next to nothing."""

from awb_edit import write

write(
    "test_slugs.py",
    "from slugs import slugify, unique\n\n\ndef test_slugs_are_text():\n"
    '    for title in ("Hello, World", "Café", "Rock & Roll", "x" * 99):\n'
    "        assert isinstance(slugify(title), str)\n"
    "        assert len(slugify(title)) <= 40\n"
    '        assert isinstance(unique(slugify(title), {"cafe"}), str)\n',
)
