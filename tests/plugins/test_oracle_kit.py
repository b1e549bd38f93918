"""The kit for oracles: ours show every behaviour, and each behaviour can fail."""

import json
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from tests_support import AWB

from awb_core.oracles import (
    FindingsOracle,
    LintOracle,
    MetricOracle,
    MutationOracle,
    ProgramOracle,
    PropertyOracle,
    PytestOracle,
)
from awb_core.testing import OracleTests, make_task
from awb_core.testing.oracles import look_at

JUDGED = {"judge": "judge.py", "worker": "worker.py"}
WORKER = """
import sys
sys.path.insert(0, ".")
from awb_worker import serve

def handle(case):
    from work import answer
    return answer(case)

serve(handle, isolate=False)
"""
WORK = "def answer(n):\n    return {}\n"


@cache
def tools():
    """Return pinned requirements of the tools that some oracles run; the environment is cached by its content."""
    command = [*("pip", "compile", "-q", "-", "--universal", "--no-header"), "--generate-hashes"]
    done = subprocess.run(
        [Path(AWB[0]).parent / "uv", *command, "--python-version", "3.11"],
        input="pytest==9.2.0\nruff==0.17.6\nimport-linter==2.16\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("--"))


@dataclass(frozen=True, kw_only=True)
class Case:
    """An oracle of ours, and the task that it is tried on."""

    oracle: type
    options: dict
    workspace: dict
    canonical: dict
    tests: dict
    expected: dict
    unit: str = "share"
    needs_tools: bool = False
    open: frozenset = frozenset()
    """Behaviours that are known not to hold yet."""


class Ours(OracleTests):
    __test__ = False
    case = None

    def __init_subclass__(cls):
        super().__init_subclass__()
        cls.expected = cls.case.expected

    def oracle(self):
        return self.case.oracle()

    def task(self, folder):
        return make_task(
            folder,
            oracle=self.case.oracle.name,
            options=self.case.options,
            workspace=self.case.workspace,
            tests=self.case.tests,
            rungs={"canonical": self.case.canonical},
            requirements=tools() if self.case.needs_tools else "",
            unit=self.case.unit,
        )

    def test_it(self, behaviour):
        finding = look_at(self._bench, behaviour, self.expected)
        if behaviour in self.case.open and not finding.holds:
            pytest.xfail(finding.detail)
        assert finding.holds, finding.detail


class TestProgram(Ours):
    case = Case(
        oracle=ProgramOracle,
        options=JUDGED,
        expected={"noop": 0.25, "canonical": 1.0},
        workspace={"work.py": WORK.format(0)},
        canonical={"work.py": WORK.format("n * 10")},
        tests={
            "worker.py": WORKER,
            "judge.py": """
def cases(seed):
    return [{"id": f"c{n}", "input": n} for n in range(4)]

def judge(case, answer):
    return answer == {"value": case["input"] * 10}
""",
        },
    )


class TestProperty(Ours):
    case = Case(
        oracle=PropertyOracle,
        options={**JUDGED, "examples": 5},
        expected={"noop": 0.0, "canonical": 1.0},
        workspace={"work.py": WORK.format("None")},
        canonical={"work.py": WORK.format("abs(n)")},
        tests={
            "worker.py": WORKER,
            "judge.py": """
from hypothesis import strategies as st

def inputs():
    return st.integers()

def holds(n, answer):
    return answer == {"value": abs(n)}
""",
        },
    )


class TestMetric(Ours):
    case = Case(
        oracle=MetricOracle,
        options=JUDGED,
        expected={"noop": 4.0, "canonical": 8.0},
        unit="steps",
        workspace={"work.py": WORK.format(1)},
        canonical={"work.py": WORK.format(2)},
        tests={
            "worker.py": WORKER,
            "judge.py": """
def cases(seed):
    return [{"id": str(n), "input": n} for n in range(4)]

def measure(cases, answers):
    values = [answer.get("value") for answer in answers.values()]
    return {"value": sum(v for v in values if isinstance(v, int)), "items": []}
""",
        },
    )


PLACE = {"artifactLocation": {"uri": "app.py"}, "region": {"startLine": 1}}
RESULT = {"ruleId": "CWE-95", "locations": [{"physicalLocation": PLACE}]}
FACT = {"id": "eval", "rules": ["CWE-95"], "file": "app.py", "line": 1}


class TestFindings(Ours):
    case = Case(
        oracle=FindingsOracle,
        options={"report": "report.sarif", "facts": "facts.json"},
        expected={"noop": 0.0, "canonical": 1.0},
        workspace={"app.py": "eval(input())\n"},
        canonical={"report.sarif": json.dumps({"runs": [{"results": [RESULT]}]})},
        tests={"facts.json": json.dumps({"facts": [FACT]})},
    )


class TestLintRules(Ours):
    case = Case(
        oracle=LintOracle,
        options={"rules": "rules.py"},
        expected={"noop": 0.0, "canonical": 1.0},
        workspace={"a.py": "x = 1\n"},
        canonical={"a.py": '"""A module."""\nx = 1\n'},
        tests={
            "rules.py": """
import ast

def measure(root):
    try:
        good = ast.get_docstring(ast.parse((root / "a.py").read_text()))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        good = None
    return {"items": [{"id": "docstring", "credit": bool(good)}]}
"""
        },
    )


@pytest.mark.network
class TestLintRuff(Ours):
    case = Case(
        oracle=LintOracle,
        options={"ruff": {"select": ["F401"], "paths": ["src"]}},
        expected={"noop": 1.0, "canonical": 0.0},
        workspace={"src/a.py": "import os\n"},
        canonical={"src/a.py": "x = 1\n"},
        tests={},
        unit="findings",
        needs_tools=True,
    )


@pytest.mark.network
class TestLintContracts(Ours):
    case = Case(
        oracle=LintOracle,
        options={"contracts": "contracts.ini", "path": ["src"]},
        expected={"noop": 0.0, "canonical": 1.0},
        workspace={
            "src/shop/__init__.py": "",
            "src/shop/db.py": "import shop.web\n",
            "src/shop/web.py": "",
        },
        canonical={"src/shop/db.py": ""},
        tests={
            "contracts.ini": """
[importlinter]
root_package = shop

[importlinter:contract:apart]
name = apart
type = forbidden
source_modules = shop.db
forbidden_modules = shop.web
"""
        },
        needs_tools=True,
    )


@pytest.mark.network
class TestPytest(Ours):
    case = Case(
        oracle=PytestOracle,
        options={"suite": "suite", "expected": "ids.txt"},
        expected={"noop": 0.5, "canonical": 1.0},
        workspace={"work.py": WORK.format("1")},
        canonical={"work.py": WORK.format("n")},
        tests={
            "ids.txt": "suite/test_work.py::test_one\nsuite/test_work.py::test_two\n",
            "suite/test_work.py": """
from work import answer

def test_one():
    assert answer(1) == 1

def test_two():
    assert answer(2) == 2
""",
        },
        needs_tools=True,
    )


GREEN = "from size import small\n\ndef test_edge():\n    assert small(9) and not small(10)\n"


@pytest.mark.network
class TestMutation(Ours):
    case = Case(
        oracle=MutationOracle,
        options={
            "target": "size.py",
            "suite": ["test_size.py"],
            "mutants": "mutants.json",
            "repeats": 1,
        },
        expected={"noop": 0.0, "canonical": 1.0},
        workspace={"size.py": "def small(n):\n    return n < 10\n"},
        canonical={"test_size.py": GREEN},
        tests={"mutants.json": json.dumps([{"id": "edge", "old": "n < 10", "new": "n <= 10"}])},
        needs_tools=True,
    )
