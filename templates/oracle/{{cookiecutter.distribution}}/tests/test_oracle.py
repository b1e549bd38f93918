"""The oracle behaves, on a small task that uses it."""

import json
from typing import ClassVar

from awb_core.testing import OracleTests, make_task

# isort: split
from {{ cookiecutter.module }}.oracle import {{ cookiecutter.class }}Oracle

WHOLE = "import sys\nprint('hello', *sys.argv[1:])\n"
CASES = [
    {"id": "alone", "arguments": [], "stdout": "hello\n"},
    {"id": "with a name", "arguments": ["Ada"], "stdout": "hello Ada\n"},
    {"id": "with two names", "arguments": ["Ada", "Alan"], "stdout": "hello Ada Alan\n"},
    {"id": "with blanks", "arguments": ["Ada L."], "stdout": "hello Ada L.\n"},
]


class Test{{ cookiecutter.class }}(OracleTests):
    """Look at everything that an oracle must hold to."""

    expected: ClassVar = {"noop": 0.0, "partial": 0.25, "canonical": 1.0}

    def oracle(self):
        """Return the oracle under test."""
        return {{ cookiecutter.class }}Oracle()

    def task(self, folder):
        """Write a task that uses it."""
        return make_task(
            folder,
            oracle="{{ cookiecutter.name }}",
            options={"program": "main.py", "cases": "cases.json"},
            workspace={"main.py": "print('nothing yet')\n"},
            tests={"cases.json": json.dumps(CASES)},
            rungs={
                "partial": {"main.py": "print('hello')\n"},
                "minimal": {"main.py": WHOLE},
                "canonical": {"main.py": WHOLE},
            },
        )
