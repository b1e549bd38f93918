"""Each rule of admission can fail, and says why: one planted fault a rule."""

import pytest
from tests_support import COVERAGE, JUDGE, TASK, write_task

from awb_core.admission.bench import Scope
from awb_core.admission.ladder import judge_headroom
from awb_core.admission.measured import Measured
from awb_core.admission.statics import judge_pins
from awb_core.engine.conditions import QUIET, VARIED, conditions_of
from awb_core.errors import EnvironmentFailed
from awb_core.sandbox.local import LocalProvider

UNPINNED = TASK.replace("[limits]", '[environment]\nrequirements = "requirements.txt"\n\n[limits]')


def test_a_good_task_breaks_no_rule(tmp_path, examine):
    report = examine(write_task(tmp_path))
    assert report.problems == ()
    assert {
        *("environment", "pins", "canary", "duplicates", "coverage", "leaks", "ladder", "headroom"),
    } == set(report.rules)


def test_environment(tmp_path, examine, monkeypatch):
    tried = []

    def fail(_self, environment, _report):
        tried.append(environment)
        raise EnvironmentFailed("no such package")

    monkeypatch.setattr(LocalProvider, "prepare", fail)
    report = examine(write_task(tmp_path), Scope(repeats=2, attacks=True, reach=True))
    assert report.problems == ("no such package",)
    assert report.rules == {"environment": ("no such package",)}
    assert len(tried) == 1


@pytest.mark.parametrize(
    ("requirements", "words"),
    [
        ("attrs\n", "not pinned with =="),
        ("attrs>=22\n", "not pinned with =="),
        ("attrs==25.4.0\n", "has no hash"),
    ],
)
def test_pins(tmp_path, load, requirements, words):
    root = write_task(tmp_path, toml=UNPINNED)
    (root / "requirements.txt").write_text(requirements)
    problems = judge_pins(load(root))
    assert len(problems) == 1
    assert words in problems[0]


@pytest.mark.parametrize(
    ("package", "problems"),
    [
        (
            "make",
            ("Debian package has no version: make; write make=VERSION (apt-cache policy make)",),
        ),
        ("make=4.3-4.1", ()),
    ],
)
def test_pins_of_debian_packages(tmp_path, load, package, problems):
    toml = TASK.replace("[limits]", f'[environment]\ndebian = ["{package}"]\n\n[limits]')
    assert judge_pins(load(write_task(tmp_path, toml=toml))) == problems


def test_canary(tmp_path, examine):
    root = write_task(tmp_path, judge=JUDGE.replace("awb-canary", "nothing"))
    report = examine(root)
    assert report.rules["canary"] == ("tests/judge.py does not carry the task's canary",)


def test_duplicates(tmp_path, examine):
    words = "Make `add(a, b)` in sums.py return the sum of both numbers, whatever their sign and size may be.\n"
    lines = (
        "def add(first_number, second_number):\n    total_of_both = first_number + second_number\n"
    )
    folders = []
    for name in ("one-add", "two-add"):
        root = write_task(
            tmp_path, name, canonical=lines + "    return total_of_both  # that is all\n"
        )
        (root / "instruction.md").write_text(words)
        (root / "coverage.toml").write_text(
            COVERAGE.replace("Make `add(a, b)` in sums.py return the sum.", words.strip())
        )
        folders.append(root)
    found = examine(folders[0], others=folders[1:]).rules["duplicates"]
    assert found == (
        "its instruction shares 100% with that of tiny/two-add",
        "its canonical solution shares 100% with that of tiny/two-add",
    )


@pytest.mark.parametrize(
    ("coverage", "words"),
    [
        (COVERAGE.replace("schema = 1", "schema = 1\nsurplus = 1"), "surplus"),
        (
            COVERAGE.replace("return the sum", "return something"),
            "does not stand in the instruction",
        ),
        (
            COVERAGE.replace(" in sums.py return the sum.", ""),
            "neither a requirement nor background: 'in sums.py",
        ),
        (COVERAGE.replace('["sums"]', '["summs"]'), "there is no check 'summs'"),
        (COVERAGE.replace('["sums"]', '["sums/c1*"]'), "no sentence demands 9 of its items"),
        (COVERAGE.replace('["sums"]', '["sums", "sums/x*"]'), "'sums/x*' meets no item"),
    ],
)
def test_coverage(tmp_path, examine, coverage, words):
    problems = examine(write_task(tmp_path, coverage=coverage)).rules["coverage"]
    assert any(words in problem for problem in problems), problems


def test_coverage_missing(tmp_path, examine):
    root = write_task(tmp_path)
    (root / "coverage.toml").unlink()
    assert "is missing" in examine(root).rules["coverage"][0]


def test_reach_finds_an_answer_in_an_installed_file(tmp_path, examine, registry, monkeypatch):
    """The environment is what an agent's sandbox shows beside the workspace, so the answer is planted there."""
    answer = (
        "def add(first_number, second_number):\n    total_of_both = first_number + second_number\n"
        "    return total_of_both  # and nothing else\n"
    )
    root = write_task(tmp_path, canonical=answer)
    provider = registry.sandbox("local")
    real = provider.open

    def with_answer(spec):
        opened = real(spec)

        class Opened:
            def __enter__(self):
                sandbox = opened.__enter__()
                if spec.phase == "agent" and spec.trial.startswith("reach"):
                    (tmp_path / "loot").mkdir()
                    (tmp_path / "loot/site.py").write_text(answer)
                    sandbox.put(tmp_path / "loot", hidden=True)
                return sandbox

            def __exit__(self, *error):
                return opened.__exit__(*error)

        return Opened()

    monkeypatch.setattr(provider, "open", with_answer)
    problems = examine(root, Scope(reach=True)).rules["reach"]
    assert any(
        "new lines of the canonical solution stand in /hidden/site.py" in p for p in problems
    ), problems


def test_reach_finds_nothing_in_an_honest_sandbox(tmp_path, examine):
    assert examine(write_task(tmp_path), Scope(reach=True)).rules["reach"] == ()


@pytest.mark.parametrize(
    ("line", "condition"),
    [
        ("import time; assert time.timezone == 0", "time zone"),
        ("import os; assert os.umask(0o22) == 0o22", "umask"),
        ("import os; assert 'LC_ALL' not in os.environ", "locale"),
        ("import os; assert os.environ.get('PYTHONHASHSEED') != '4242'", "shuffled"),
    ],
)
def test_repeats_that_depend_on_conditions(tmp_path, examine, monkeypatch, line, condition):
    """The solution works in a quiet run only."""
    chosen = next(c for c in VARIED if c.name == condition)
    monkeypatch.setattr("awb_core.engine.conditions.VARIED", (QUIET, chosen))
    canonical = f"{line}\ndef add(a, b):\n    return a + b\n"
    report = examine(write_task(tmp_path, canonical=canonical), Scope(repeats=2, vary=True))
    assert any(f"fail ({condition})" in p for p in report.rules["repeats"]), report.rules["repeats"]


def test_conditions_go_round():
    assert conditions_of(1) == VARIED[0]
    assert conditions_of(len(VARIED) + 2) == VARIED[1]


@pytest.mark.parametrize(
    ("cpu", "wall", "words"),
    [
        (10.5, 30.0, "sums takes 10.5 s on canonical, more than half of its limit of 20 s"),
        (None, 11.0, "sums takes 11.0 s on canonical, more than half of its limit of 20 s"),
        (9.5, 19.0, ""),
    ],
)
def test_headroom(tmp_path, load, cpu, wall, words):
    entry = {"check": "sums", "seconds": wall, "cpu_seconds": cpu, "value": 1.0}
    result = Measured(
        task="tiny-add",
        kind="rung",
        name="canonical",
        repeat=1,
        conditions="quiet",
        record={"measurements": [entry]},
    )
    problems = judge_headroom(load(write_task(tmp_path)), [result])
    assert list(problems) == ([words] if words else [])


def test_an_honest_solution_that_is_flagged(tmp_path, examine):
    canonical = "import sys\nsys._getframe()\ndef add(a, b):\n    return a + b\n"
    problems = examine(write_task(tmp_path, canonical=canonical)).rules["ladder"]
    assert any("an honest solution is flagged: sums.py:2 reads frames" in p for p in problems)
