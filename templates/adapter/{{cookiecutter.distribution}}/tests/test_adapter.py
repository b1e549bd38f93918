"""The adapter behaves: a scripted model stands in for the real one, and no key is needed."""

from awb_core.testing import AdapterTests, Times

# isort: split
from {{ cookiecutter.module }}.adapter import {{ cookiecutter.class }}Adapter


class Test{{ cookiecutter.class }}(AdapterTests):
    """Look at everything that an adapter must hold to."""

    times = Times(limit_seconds=8, error_seconds=20)

    def adapter(self):
        """Return the adapter under test."""
        return {{ cookiecutter.class }}Adapter()


def test_a_model_is_part_of_the_identity():
    """Two models are two workflows, and the default is the same whether it is named or not."""
    adapter = {{ cookiecutter.class }}Adapter()

    assert adapter.workflow("a").identity != adapter.workflow("b").identity
    assert adapter.workflow("").identity == adapter.workflow("gpt-4o").identity
