"""The pack is well-formed: every task loads, and its ladder is complete."""

from awb_core.testing import PackTests


class TestPack(PackTests):
    """Check the installed pack as any third-party pack would be."""

    distribution = "{{ cookiecutter.distribution }}"
