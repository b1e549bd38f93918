"""Mutants are made where the solution changed something, and checks that miss them are found out."""

import pytest
from tests_support import write_task

from awb_core.admission.bench import Scope
from awb_core.admission.mutants import mutants_of
from awb_core.admission.python_source import PythonSource

SOLUTION = '''
def add(a, b):
    """Return the sum; 1 + 1 is 2."""
    first = a + 3
    second = b + 4
    third = first + second
    fourth = third - 5
    return fourth - 2
'''
HALF_DEAD = """
def add(a, b):
    total = a + b
    if b < 0:
        total = a + 7
        total = total - 7
        total = total + b
        total = total + 0
        total = total * 1
    return total
"""
CANARY_LINE = "# awb-canary 00000000-0000-4000-8000-000000000000\n"


def test_they_change_what_the_solution_changed_and_can_be_read(tmp_path, load):
    task = load(write_task(tmp_path, canonical=SOLUTION))
    made = mutants_of(task)
    assert len(made) >= 4
    assert mutants_of(task) == made
    for mutant in made:
        assert mutant.file == "sums.py"
        assert mutant.old != mutant.new
        lines = SOLUTION.splitlines(keepends=True)
        lines[mutant.line - 1] = mutant.new
        compile("".join(lines), "mutant", "exec")
        assert "Return the sum" not in mutant.old


def wrong(root, name, text):
    (root / "mutants").mkdir(exist_ok=True)
    (root / "mutants" / name).write_text(CANARY_LINE + text)


def test_good_checks_notice_them(tmp_path, examine):
    root = write_task(tmp_path, canonical=SOLUTION)
    wrong(root, "forgets_b.py", "from awb_edit import replace\nreplace('sums.py', 'b + 4', '4')\n")
    report = examine(root, Scope(mutants=True))
    assert report.rules["mutants"] == ()
    assert "forgets_b" in [result.name for result in report.of("mutant")]


def test_checks_that_look_at_little_do_not(tmp_path, examine):
    """The judge never draws a negative number, so half of the solution is never run."""
    root = write_task(tmp_path, canonical=HALF_DEAD)
    problems = examine(root, Scope(mutants=True)).rules["mutants"]
    assert any("mutants were noticed, not" in problem for problem in problems), problems


def test_a_wrong_fix_that_passes(tmp_path, examine):
    root = write_task(tmp_path, canonical=SOLUTION)
    wrong(
        root, "harmless.py", "from awb_edit import replace\nreplace('sums.py', 'b + 4', '4 + b')\n"
    )
    problems = examine(root, Scope(mutants=True)).rules["mutants"]
    assert any("wrong fix mutants/harmless passes" in problem for problem in problems)


def test_too_few(tmp_path, examine):
    root = write_task(tmp_path, canonical="def add(a, b):\n    return sum((a, b))\n")
    problems = examine(root, Scope(mutants=True)).rules["mutants"]
    assert any("at least 5 are needed" in problem for problem in problems)


def test_declared_equivalents_are_left_out(tmp_path, load):
    root = write_task(tmp_path, canonical=SOLUTION)
    first = mutants_of(load(root))[0]
    (root / "mutants").mkdir()
    (root / "mutants/equivalent.toml").write_text(f'"{first.name}" = "it is the same"\n')
    assert first.name not in [mutant.name for mutant in mutants_of(load(root))]


CODE = '''
"""A module."""
def size(n: int) -> str:
    """Say it."""
    assert n >= 0
    return "small" if n < 5 + 5 else "large"  # as before
'''


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("n < 5", "n <= 5", True),
        ("small", "big", True),
        ("n >= 0", "n > 0", True),
        ("    assert n >= 0\n", "", True),
        ("5 + 5", "10", True),
        ("n: int", "n: str", True),
        ("  # as before", "", False),
        ("Say it.", "Say it aloud.", False),
        ("A module.", "", False),
        ("n < 5", "(n < 5", False),
        ("    return", "    await", False),
    ],
)
def test_a_changed_version_that_can_be_read_and_means_something_else(old, new, differs):
    assert old in CODE
    assert PythonSource(CODE).differs(CODE.replace(old, new)) is differs
