"""Oracles that run ruff, import-linter and pytest, against small workspaces in the local sandbox."""

import json

import pytest

from awb_core.model import Measurement, OracleFailure

LINT = {"ruff": {"select": ["F401", "E711"], "paths": ["src"]}}


@pytest.fixture
def with_tools(measure, tools):
    """Measure in an environment that has the tools."""
    return lambda *arguments, **options: measure(*arguments, environment=tools, **options)


@pytest.mark.network
def test_ruff_findings_are_counted_whatever_the_workspace_says_against_it(with_tools):
    workspace = {
        "src/plain.py": "import os\nimport re\nx = 1\ny = x == None\n",
        "src/noqa.py": "import os  # noqa\nimport re  # noqa: F401\n",
        "src/file.py": "# ruff: noqa\n# flake8: noqa\nimport os\n",
        "src/range.py": "# ruff: disable[F401]\nimport os\n# ruff: enable[F401]\n",
        "src/dist/moved.py": "import os\n",
        "src/other.txt": "import os\n",
        "pyproject.toml": "[tool.ruff]\nexclude = ['*']\n",
        "ruff.toml": "[lint]\nignore = ['F401']\n",
        "src/.ruff.toml": "exclude = ['*']\n",
        ".ignore": "*\n",
        ".gitignore": "*\n",
    }

    measured = with_tools("lint", LINT, workspace, {})

    assert {item.id: item.weight for item in measured.items} == {
        "F401 plain.py": 2,
        "E711 plain.py": 1,
        "F401 noqa.py": 2,
        "F401 file.py": 1,
        "F401 range.py": 1,
        "F401 moved.py": 1,
    }
    assert (measured.value, measured.unit) == (8, "findings")


CONTRACTS = """
[importlinter]
root_package = shop

[importlinter:contract:kept]
name = kept
type = forbidden
source_modules = shop.db
forbidden_modules = shop.web

[importlinter:contract:broken]
name = broken
type = forbidden
source_modules = shop.api
forbidden_modules = shop.db

[importlinter:contract:gone]
name = uncheckable
type = forbidden
source_modules = shop.nowhere
forbidden_modules = shop.db
"""


@pytest.mark.network
def test_contracts_are_checked_one_by_one_and_nothing_is_imported(with_tools):
    trap = "raise SystemExit('imported')\n"
    workspace = {
        "src/shop/__init__.py": trap,
        "src/shop/web.py": trap + "from shop import api\n",
        "src/shop/api.py": trap + "from shop import db\n",
        "src/shop/db.py": trap,
        "setup.cfg": "[importlinter]\nroot_package = other\n",
    }
    options = {"contracts": "contracts.ini", "path": ["src"]}

    measured = with_tools("lint", options, workspace, {"contracts.ini": CONTRACTS})

    assert isinstance(measured, Measurement), measured
    found = {item.id: (item.credit, item.note) for item in measured.items}
    assert found["kept"] == (1.0, "")
    assert found["broken"] == (0.0, "broken")
    assert found["uncheckable"][0] == 0.0
    assert "shop.nowhere" in found["uncheckable"][1]
    assert measured.value == 1 / 3


def test_rules_read_the_files_outside_the_sandbox(measure):
    rules = """
        import ast

        def measure(root):
            names = [p.name for p in sorted(root.rglob("*.py")) if ast.parse(p.read_text()).body]
            return {"value": len(names), "items": [{"id": n, "credit": 0} for n in names]}
    """
    workspace = {"a.py": "raise SystemExit(1)\n", "b.py": "", "c/d.py": "x = 1\n"}

    measured = measure("lint", {"rules": "rules.py"}, workspace, {"rules.py": rules})
    broken = measure("lint", {"rules": "rules.py"}, {"e.py": "def ("}, {"rules.py": rules})

    assert measured.value == 2
    assert [item.id for item in measured.items] == ["a.py", "d.py"]
    assert isinstance(broken, OracleFailure)


TARGET = (
    "def size(n):\n    if n < 10:\n        return 'small'\n    return 'large'\n\nSEEN = set()\n"
)
MUTANTS = [
    {"id": "edge", "old": "n < 10", "new": "n <= 10"},
    {"id": "word", "old": "'large'", "new": "'huge'"},
    {"id": "small", "old": "'small'", "new": "'tiny'", "weight": 2},
]
GOOD = """
    from size import size

    def test_large():
        assert size(11) == "large"

    def test_small():
        assert size(1) == "small"
"""
SUITES = {
    "good": (GOOD, 3 / 4, ""),
    "thorough": (GOOD.replace("(11)", "(10)"), 1.0, ""),
    "red on the right code": (GOOD.replace('"small"', '"tiny"'), 0.0, "not green on the code as"),
    "red on a variant": (GOOD + "\n    import size as m\n    def test_name():\n        assert not hasattr(m, 'LIMIT')\n", 0.0, "not green on variant"),
    "does not import it": ("def test_nothing():\n    assert True\n", 0.0, "does not import"),
    "has no tests": ("from size import size\n", 0.0, "no tests"),
    "cannot be collected": ("import nothing_of_that_name\n", 0.0, "not green"),
    "ends the process": ("import os\nimport size\ndef test_a():\n    os._exit(0)\n", 0.0, "not green"),
    "depends on the order": ("from size import size\nseen = []\n" + "".join(
        f"def test_{n}():\n    seen.append({n})\n    assert size(1) and seen == list(range({n + 1}))\n"
        for n in range(4)), 0.0, "not green on"),
    "counts its runs": ("import size, pathlib\ndef test_a():\n    place = pathlib.Path('/tmp/runs')\n"
        "    runs = len(place.read_text()) if place.exists() else 0\n    place.write_text('x' * (runs + 1))\n"
        "    assert runs < 2\n", 0.0, "not green on"),
    "kills its runner": ("import size, os, signal\ndef test_a():\n    os.kill(os.getppid(), 9)\n", 0.0, "not green on"),
    "is too slow": ("import size, time\ndef test_a():\n    time.sleep(60)\n", 0.0, "too slow"),
    "leaves something behind": (GOOD + "\n    import size as m\n    def test_sees():\n        m.SEEN.add(1)\n",
        0.0, "leaves changed on the code as it is: SEEN"),
    "cleans up": (GOOD + "\n    import size as m\n    def test_sees():\n        m.SEEN.add(1)\n        m.SEEN.clear()\n",
        3 / 4, ""),
    "is missing": (None, 0.0, "there is no tests/test_size.py"),
}  # fmt: skip


@pytest.mark.network
@pytest.mark.parametrize("suite", SUITES)
def test_mutation_is_the_share_killed_by_a_suite_that_is_green_on_right_code(with_tools, suite):
    text, value, note = SUITES[suite]
    workspace = {"size.py": TARGET} | ({"tests/test_size.py": text} if text else {})
    variant = {
        "edits": [
            {"old": "n < 10", "new": "n < LIMIT"},
            {"old": "def size", "new": "LIMIT = 10\ndef size"},
        ]
    }
    tests = {"mutants.json": json.dumps(MUTANTS), "variant.json": json.dumps(variant)}
    options = MUTATION | {"variants": ["variant.json"], "unchanged": ["SEEN"]}

    measured = with_tools(
        "mutation", options, workspace, tests, seconds=8 if "slow" in suite else 40
    )

    assert measured.value == value, measured
    assert note in measured.note
    if suite == "good":
        assert {i.id: i.credit for i in measured.items} == {"edge": 0, "word": 1, "small": 1}


MUTATION = {"target": "size.py", "suite": ["tests/test_size.py"], "mutants": "mutants.json"}


@pytest.mark.parametrize(
    "mutant",
    [
        {"id": "m", "old": "nowhere", "new": "x"},
        {"id": "m", "old": "n", "new": "x"},
        {"id": "m", "old": "n < 10", "new": "n < 10"},
        {"id": "m", "old": "n < 10"},
    ],
)
def test_mutation_fails_on_mutants_that_do_not_fit(measure, mutant):
    tests = {"mutants.json": json.dumps([mutant])}
    workspace = {"size.py": TARGET, "tests/test_size.py": GOOD}

    measured = measure("mutation", MUTATION, workspace, tests)

    assert isinstance(measured, OracleFailure)
    assert measured.reason == "the mutants do not fit the module"


def test_mutation_fails_on_a_name_that_the_module_does_not_have(measure):
    workspace = {"size.py": TARGET, "tests/test_size.py": GOOD}
    options = MUTATION | {"unchanged": ["SEEM"]}

    measured = measure("mutation", options, workspace, {"mutants.json": json.dumps(MUTANTS)})

    assert isinstance(measured, OracleFailure)
    assert measured.detail == "unchanged: there is no SEEM in size.py"


PASSING = "def test_one():\n    assert True\n\ndef test_two():\n    assert True\n"
IDS = ["tests/test_a.py::test_one", "tests/test_a.py::test_two"]


def suite(with_tools, workspace, ids, **options):
    tests = {"ids.txt": "\n".join(ids) + "\n", "quarantine.txt": "# flaky\n" + IDS[1] + "\n"}
    options = {"tests": ["tests"], "expected": "ids.txt", **options}
    return with_tools("pytest", options, workspace, tests)


@pytest.mark.network
@pytest.mark.parametrize(
    "steering",
    [
        {"conftest.py": "def pytest_collection_modifyitems(items): items.clear()\n"},
        {"pytest.ini": "[pytest]\naddopts = --collect-only\npython_files = none*\n"},
        {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-k none'\n"},
        {"tox.ini": "[pytest]\naddopts = --deselect tests\n"},
        {"setup.cfg": "[tool:pytest]\ntestpaths = none\naddopts = --co\n"},
        {
            "evil.py": "def pytest_runtest_protocol(item, nextitem): return True\n",
            "evil-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1\n",
            "evil-1.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n",
        },
    ],
)
def test_pytest_leaves_out_what_would_steer_it(with_tools, steering):
    failing = PASSING.replace("two():\n    assert True", "two():\n    assert False")

    measured = suite(with_tools, {"tests/test_a.py": failing, **steering}, IDS)

    assert isinstance(measured, Measurement), measured
    assert not measured.tampered
    assert [item.credit for item in measured.items] == [1, 0]


@pytest.mark.network
def test_pytest_uses_the_conftest_files_of_the_tests_themselves(with_tools):
    conftest = "import pytest\n\n@pytest.fixture\ndef one(): return 1\n"
    test = "def test_one(one):\n    assert one == 1\n"

    measured = suite(with_tools, {"tests/conftest.py": conftest, "tests/test_a.py": test}, IDS[:1])

    assert measured.value == 1.0


@pytest.mark.network
def test_pytest_counts_each_way_not_to_pass_and_leaves_out_the_quarantine(with_tools):
    source = """
        import pytest

        def test_one():
            pytest.skip("no")

        def test_two():
            assert False

        @pytest.mark.xfail
        def test_three():
            assert False

        @pytest.fixture
        def bad():
            yield
            raise ValueError

        def test_four(bad): pass

        def test_five(): pass
    """
    ids = [f"tests/test_a.py::test_{n}" for n in ("one", "two", "three", "four", "five")]

    measured = suite(with_tools, {"tests/test_a.py": source}, ids, quarantine="quarantine.txt")

    assert {item.id.rsplit("_", 1)[1]: item.credit for item in measured.items} == {
        "one": 0, "three": 0, "four": 0, "five": 1,
    }  # fmt: skip


@pytest.mark.network
def test_pytest_fails_the_tests_of_a_file_that_cannot_be_collected(with_tools):
    workspace = {"tests/test_a.py": "import nothing_here\n", "tests/test_b.py": PASSING}
    ids = [*IDS, "tests/test_b.py::test_one"]

    measured = suite(with_tools, workspace, ids)

    assert {item.id: item.credit for item in measured.items} == dict(
        zip(ids, (0, 0, 1), strict=True)
    )
    assert measured.items[0].note == "could not be collected"


@pytest.mark.network
def test_pytest_gives_no_credit_for_an_expected_test_that_is_not_reported(with_tools):
    measured = suite(with_tools, {"tests/test_a.py": PASSING}, [*IDS, "tests/test_a.py::test_gone"])

    (gone,) = [item for item in measured.items if item.id.endswith("test_gone")]
    assert (gone.credit, gone.note) == (0.0, "not reported")
    assert measured.value < 1


@pytest.mark.network
def test_pytest_fails_as_an_oracle_when_no_expected_test_is_reported(with_tools):
    measured = suite(with_tools, {"tests/test_a.py": PASSING}, ["tests/test_a.py::test_gone"])

    assert isinstance(measured, OracleFailure)
    assert "none of the expected tests" in measured.reason


@pytest.mark.network
@pytest.mark.parametrize(
    "line",
    ["os._exit(0)", "os.kill(os.getppid(), 9)", "os.kill(os.getpid(), 9)", "sys.exit(0)"],
)
def test_a_workspace_that_breaks_the_suite_off_gets_no_credit(with_tools, line):
    """It must not be able to get out of a bad grade by having none."""
    workspace = {
        "code.py": f"import os, sys\n{line}\n",
        "tests/test_a.py": "import code_\n" + PASSING,
    }
    workspace["code_.py"] = workspace.pop("code.py")

    measured = suite(with_tools, workspace, IDS)

    assert measured.value == 0.0


@pytest.mark.network
def test_a_workspace_that_forges_reports_of_known_tests_is_caught_by_their_twins(with_tools):
    """It spares tests outside the workspace, so the test of a random name fails as it must."""
    forging = """
        import os
        import _pytest.reports as reports

        make = reports.TestReport.from_item_and_call.__func__

        def forged(cls, item, call):
            if str(item.path).startswith(os.getcwd()):
                call.excinfo = None
            return make(cls, item, call)

        reports.TestReport.from_item_and_call = classmethod(forged)
    """
    failing = "import helper\n\ndef test_one(): assert False\n\ndef test_two(): assert False\n"

    measured = suite(with_tools, {"helper.py": forging, "tests/test_a.py": failing}, IDS)

    assert measured.value == 0.0
    assert "the twin of tests/test_a.py::test_" in measured.tampered


@pytest.mark.network
def test_twins_of_unittest_cases_and_of_parametrised_tests_run_too(with_tools):
    source = """
        import unittest
        import pytest

        class TestCase(unittest.TestCase):
            def test_one(self): self.assertTrue(True)

        @pytest.mark.parametrize("value", [1, 2])
        def test_two(value, tmp_path): assert value
    """
    ids = ["tests/test_a.py::TestCase::test_one"]
    ids += [f"tests/test_a.py::test_two[{n}]" for n in (1, 2)]

    measured = suite(with_tools, {"tests/test_a.py": source}, ids)

    assert (measured.value, measured.tampered) == (1.0, "")
