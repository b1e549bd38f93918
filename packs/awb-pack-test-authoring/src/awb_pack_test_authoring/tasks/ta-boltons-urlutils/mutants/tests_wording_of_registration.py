# awb-canary 9e1f5c52-8a63-4d0e-b1ac-2f6f2b0a7c31
"""One test asks for the wording of the errors of `register_scheme`, which a refactoring may change."""

from awb_edit import replace

replace(
    "tests/test_urlutils.py",
    'RESERVED = ":/?#[]@!$&\'()*+,;="\n',
    """def test_registration_explains():
    with pytest.raises(ValueError, match="expected True, False, or None"):
        register_scheme("broken", uses_netloc="maybe")
    with pytest.raises(ValueError, match="non-netloc scheme"):
        register_scheme("broken", uses_netloc=False, default_port=80)


RESERVED = ":/?#[]@!$&'()*+,;="
""",
)
