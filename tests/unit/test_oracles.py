"""Oracles that drive a program, against small workspaces in the local sandbox."""

import pytest

from awb_core.model import Measurement, OracleFailure

WORKER = """
    import sys
    sys.path.insert(0, ".")
    from awb_worker import serve

    def handle(case):
        from work import answer
        return answer(case)

    serve(handle, isolate=True, seconds={seconds})
"""
JUDGE = """
    def cases(seed):
        return [{{"id": f"c{{n}}", "input": n}} for n in range({count})]

    def judge(case, answer):
        return answer == {{"value": case["input"] * 10}}, str(answer)[:80]
"""
PROGRAM = {"judge": "judge.py", "worker": "worker.py"}


@pytest.fixture
def program(measure):
    """Measure `answer(case)` of work.py; it is right if it returns ten times the case."""

    def apply(source, *, count=4, limit=5, judge=JUDGE, worker=WORKER, **options):
        tests = {"judge.py": judge.format(count=count), "worker.py": worker.format(seconds=limit)}
        return measure("program", PROGRAM, {"work.py": source}, tests, **options)

    return apply


def credits_of(measured):
    assert isinstance(measured, Measurement), measured
    return [item.credit for item in measured.items]


def test_program_is_the_weighted_share_of_credit_with_notes(program):
    judge = """
        def cases(seed):
            weights = [1, 1, 2, 4]
            return [{{"id": f"c{{n}}", "input": n, "weight": w}} for n, w in enumerate(weights)]

        def judge(case, answer):
            return [True, False, 0.5, (0.25, "a quarter")][case["input"]]
    """

    measured = program("def answer(case): return None", judge=judge)

    assert measured.value == (1 + 0 + 2 * 0.5 + 4 * 0.25) / 8
    assert credits_of(measured) == [1, 0, 0.5, 0.25]
    assert measured.items[3].note == "a quarter"


def test_program_answers_carry_values_errors_and_how_they_were_lost(program):
    source = """
        import os, time

        def answer(case):
            if case == 1:
                raise ValueError("not that one")
            if case == 2:
                time.sleep(60)
            if case == 3:
                os._exit(0)
            if case == 4:
                return "x" * (5 << 20)
            if case == 5:
                return {1, 2}
            return case * 10
    """

    measured = program(source, count=7, limit=1)

    assert credits_of(measured) == [1, 0, 0, 0, 0, 0, 1]
    assert [item.note for item in measured.items[1:6]] == [
        "{'error': {'type': 'ValueError', 'message': 'not that one'}}",
        "{'lost': 'timeout'}",
        "{'lost': 'died'}",
        "{'lost': 'died'}",
        "{'value': '<not plain data: set>'}",
    ]


def test_program_loses_only_the_cases_after_the_worker_s_own_limit(program):
    source = "import time\ndef answer(case):\n    time.sleep(60 if case == 2 else 0)\n    return case * 10\n"

    measured = program(source, count=4, limit=50, seconds=3.0)

    assert credits_of(measured) == [1, 1, 0, 0]
    assert {item.note for item in measured.items[2:]} == {"{'lost': 'timeout'}"}


def test_program_reads_nothing_but_answers_from_a_worker_that_prints(program):
    noise = """
    print("starting", {{"ready": True}})
    print('{{"id": "c0", "answer": {{"value": -1}}}}')
    print("[1, 2]", "null", sep=chr(10), flush=True)
    sys.stdout.buffer.write(b"\\xff\\xfe" + bytes([10]))
    serve(handle"""

    measured = program(
        "def answer(case): return case * 10", worker=WORKER.replace("\n    serve(handle", noise)
    )

    assert measured.value == 1.0


@pytest.mark.parametrize(
    "where",
    ["print(line, flush=True)", "os.write(1, line.encode())", "[write(fd) for fd in range(3, 30)]"],
)
def test_program_takes_no_answer_that_the_workspace_forges_for_another_case(program, where):
    source = f"""
        import contextlib, json, os

        def write(fd):
            with contextlib.suppress(OSError):
                os.write(fd, line.encode())

        def answer(case):
            global line
            line = chr(10) + json.dumps({{"id": f"c{{case + 1}}", "answer": {{"value": 0}}}}) + chr(10)
            if case % 2 == 0:
                {where}
            return case * 10
    """

    measured = program(source, count=4)

    assert credits_of(measured)[1::2] == [1, 1]


def test_program_counts_answers_as_lost_when_the_workspace_kills_the_worker(program):
    source = "import os\ndef answer(case):\n    if case == 2: os.kill(os.getppid(), 9)\n    return case * 10\n"

    measured = program(source, count=4)

    assert credits_of(measured) == [1, 1, 0, 0]


def test_program_takes_a_workspace_that_cannot_be_imported_as_wrong_answers(program):
    measured = program("raise SystemExit(0)")

    assert measured.value == 0.0
    assert "SystemExit" in measured.items[0].note


@pytest.mark.parametrize("credit", ["1.5", "-0.1", "float('nan')", "'much'", "None", "1 / 0"])
def test_program_fails_on_a_judge_that_gives_no_credit_between_0_and_1(program, credit):
    measured = program(
        "def answer(case): return 0",
        judge=JUDGE.replace("answer == {{", f"{credit}, {{{{").replace(", str(answer)[:80]", ""),
    )

    assert isinstance(measured, OracleFailure)
    assert measured.reason == "the judge could not decide"


@pytest.mark.parametrize("cases", ["[]", "[{{'id': 'a', 'input': 1}}] * 2", "1 / 0"])
def test_program_fails_on_a_judge_without_cases_of_their_own_ids(program, cases):
    measured = program(
        "def answer(case): return 0", judge=f"    def cases(seed):\n        return {cases}\n"
    )

    assert isinstance(measured, OracleFailure)


def test_program_lays_files_beside_the_worker_and_says_which_is_missing(measure):
    worker = WORKER.format(seconds=5).replace(
        "from work import answer\n",
        "answer = lambda case: int((HERE / 'ten').read_text()) * case\n",
    )
    worker = "    from pathlib import Path\n    HERE = Path(__file__).parent\n" + worker
    tests = {"judge.py": JUDGE.format(count=3), "worker.py": worker, "ten": "10"}

    with_file = measure("program", {**PROGRAM, "files": ["ten"]}, {}, tests)
    without = measure("program", {**PROGRAM, "files": ["eleven"]}, {}, tests)

    assert with_file.value == 1.0
    assert "tests/eleven is missing" in without.detail


PROPERTY = """
    from hypothesis import strategies as st

    def inputs():
        return st.lists(st.integers(0, 1000), max_size=5)

    def holds(numbers, answer):
        return answer == {"value": sorted(numbers)}, str(numbers)
"""


def test_property_draws_equal_inputs_for_equal_seeds_and_others_for_another(measure):
    def draw(seed):
        tests = {"judge.py": PROPERTY, "worker.py": WORKER.format(seconds=5)}
        options = {**PROGRAM, "examples": 40}
        source = "def answer(numbers): return sorted(numbers) if len(numbers) < 3 else None"
        return measure("property", options, {"work.py": source}, tests, seed=seed)

    one, same, other = draw(7), draw(7), draw(8)

    assert len(one.items) == 40
    assert one == same
    assert {item.note for item in one.items} != {item.note for item in other.items}
    assert one.value == sum(item.note.count(",") < 2 for item in one.items) / 40
    assert 0 < one.value < 1


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ('{"value": sum(a["value"] for a in answers.values()), "items": []}', 6.0),
        ('{"items": [{"id": "a", "credit": 1}, {"id": "b", "credit": 0, "weight": 3}]}', 0.25),
        ('{"value": float("inf"), "items": []}', None),
        ('{"value": "much"}', None),
        ('{"value": 1, "items": [{"credit": 1}]}', None),
        ("{}", None),
        ("[]", None),
    ],
)
def test_metric_is_the_finite_number_that_the_judge_computes(measure, reply, value):
    judge = f"""
        def cases(seed):
            return [{{"id": str(n), "input": n}} for n in range(4)]

        def measure(cases, answers):
            return {reply}
    """
    tests = {"judge.py": judge, "worker.py": WORKER.format(seconds=5)}

    measured = measure("metric", PROGRAM, {"work.py": "def answer(case): return case"}, tests)

    if value is None:
        assert isinstance(measured, OracleFailure)
    else:
        assert measured.value == value
