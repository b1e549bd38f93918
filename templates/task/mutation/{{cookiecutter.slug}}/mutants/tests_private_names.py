# {{ cookiecutter.canary }}
"""The suite tests a helper that another right implementation does not have."""

from awb_edit import replace

replace("test_slugs.py", "from slugs import slugify, unique", "from slugs import _words, slugify, unique")
replace(
    "test_slugs.py",
    "def test_a_free_slug_stays():\n",
    'def test_words():\n    assert _words("a b") == ["a", "b"]\n\n\ndef test_a_free_slug_stays():\n',
)
