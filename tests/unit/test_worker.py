"""The worker module: every case has an answer, whatever the code under test does."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from awb_core.resources import injected

SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from awb_worker import serve
{source}
serve(handle, {options})
"""


@pytest.fixture
def ask(tmp_path):
    """Return a function that puts inputs to `handle` and returns the answers and what was printed."""

    def ask(source, inputs, **options):
        text = SCRIPT.format(
            folder=str(injected("awb_worker.py").parent),
            source=textwrap.dedent(source),
            options=", ".join(f"{key}={value!r}" for key, value in options.items()),
        )
        cases = [json.dumps({"id": f"c{n}", "input": value}) for n, value in enumerate(inputs)]
        with (tmp_path / "printed").open("wb") as printed:
            done = subprocess.run(
                [sys.executable, "-I", "-B", "-c", text],
                input="\n".join(cases).encode(),
                stdout=subprocess.PIPE,
                stderr=printed,
                cwd=tmp_path,
                timeout=60,
                check=False,
            )
        words = (tmp_path / "printed").read_text()
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert lines[0] == {"ready": True}, words
        answers = {line["id"]: line["answer"] for line in lines if "id" in line}
        assert len(answers) == sum("id" in line for line in lines)
        return [answers.get(f"c{n}") for n in range(len(inputs))], lines[-1], words

    return ask


@pytest.mark.parametrize("parallel", [1, 8])
def test_500_quick_cases_all_have_their_answers(ask, parallel):
    answers, last, _ = ask("def handle(case): return [case] * 50", range(500), parallel=parallel)

    assert answers == [{"value": [n] * 50} for n in range(500)]
    assert last == {"done": 500}


def test_as_many_children_run_at_once_as_declared_and_no_more(ask):
    source = """
        import os, time
        from pathlib import Path

        def handle(case):
            Path(f"at-work-{case}").touch()
            deadline = time.monotonic() + 20
            most = 0
            while time.monotonic() < deadline and not Path("met").exists():
                most = max(most, len(list(Path(".").glob("at-work-*"))))
                if most == 4:
                    Path("met").touch()
                time.sleep(0.01)
            most = max(most, len(list(Path(".").glob("at-work-*"))))
            Path(f"at-work-{case}").unlink()
            return most
    """

    answers, _, _ = ask(source, range(12), parallel=4, seconds=30)

    assert max(answer["value"] for answer in answers) == 4


def test_a_case_sees_nothing_of_the_cases_before_it_unless_they_share_a_process(ask):
    source = "seen = []\ndef handle(case):\n    seen.append(case)\n    return seen"

    alone, _, _ = ask(source, [1, 2, 3])
    together, _, _ = ask(source, [1, 2, 3], isolate=False)

    assert alone == [{"value": [1]}, {"value": [2]}, {"value": [3]}]
    assert together == [{"value": [1]}, {"value": [1, 2]}, {"value": [1, 2, 3]}]


MISFORTUNES = {
    "exits": ("os._exit(0)", {"lost": "died"}),
    "exits after a while": ("time.sleep(0.3); os._exit(3)", {"lost": "died"}),
    "is killed": ("os.kill(os.getpid(), 9)", {"lost": "died"}),
    "is stopped": ("os.kill(os.getpid(), 19)", {"lost": "timeout"}),
    "hangs": ("time.sleep(60)", {"lost": "timeout"}),
    "ignores signals": (
        "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]; time.sleep(60)",
        {"lost": "timeout"},
    ),
    "closes every file": ("os.closerange(0, 256)", {"lost": "died"}),
    "is interrupted": ("raise KeyboardInterrupt", {"lost": "died"}),
    "recurses": ("handle(case)", "RecursionError"),
    "raises": ("raise LookupError('x' * 9000)", "LookupError"),
    "exits politely": ("sys.exit('bye')", "SystemExit"),
    "says too much": ("return 'x' * (4 << 20)", {"lost": "died"}),
    "floods the pipe": ("for n in range(3, 20): write(n, b'[' * (8 << 20))", {"lost": "died"}),
    "writes to the pipe": ("for n in range(3, 20): write(n, b'{}\\n')", {"lost": "died"}),
}


@pytest.mark.parametrize("misfortune", MISFORTUNES)
def test_a_misfortune_costs_its_own_case_only(ask, misfortune):
    statement, expected = MISFORTUNES[misfortune]
    source = f"""
        import contextlib, os, signal, sys, time

        def write(fd, data):
            with contextlib.suppress(OSError):
                while data:
                    data = data[os.write(fd, data):]

        def handle(case):
            if case == 1:
                {statement}
            return case
    """

    answers, last, _ = ask(source, [0, 1, 2], seconds=1.5)

    assert [answers[0], answers[2]] == [{"value": 0}, {"value": 2}]
    if isinstance(expected, str):
        assert answers[1]["error"]["type"] == expected
        assert len(answers[1]["error"]["message"]) <= 2000
    else:
        assert answers[1] == expected
    assert last == {"done": 3}


def test_an_answer_of_megabytes_arrives_whole(ask):
    answers, _, _ = ask("def handle(case): return 'x' * case", [4_000_000, 1])

    assert answers == [{"value": "x" * 4_000_000}, {"value": "x"}]


@pytest.mark.parametrize("session", ["os.setsid()", "pass"])
def test_a_grandchild_that_holds_the_pipe_holds_up_nobody(ask, tmp_path, session):
    source = f"""
        import os, time

        def handle(case):
            if os.fork() == 0:
                {session}
                open(f"grandchild-{{os.getpid()}}", "w").close()
                time.sleep(50)
                os._exit(0)
            return case
    """
    began = time.monotonic()

    answers, _, _ = ask(source, range(5), seconds=30)

    assert answers == [{"value": n} for n in range(5)]
    assert time.monotonic() - began < 20
    for path in tmp_path.glob("grandchild-*"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(path.name.rpartition("-")[2]), signal.SIGKILL)


def test_what_the_code_prints_goes_to_stderr(ask):
    source = """
        import os, subprocess

        def handle(case):
            print('{"id": "c0", "answer": {"value": "forged"}}', flush=True)
            os.write(1, b"by descriptor")
            subprocess.run(["echo", "by a command"])
            return case
    """

    answers, _, printed = ask(source, ["right"])

    assert answers == [{"value": "right"}]
    for words in ("forged", "by descriptor", "by a command"):
        assert words in printed


def test_without_isolation_a_crash_loses_the_cases_that_follow(ask):
    source = "import os\ndef handle(case):\n    return os._exit(1) if case == 2 else case"

    answers, _, _ = ask(source, range(4), isolate=False)

    assert answers == [{"value": 0}, {"value": 1}, None, None]


def test_values_that_are_not_plain_data_are_named(ask):
    source = "def handle(case): return {'a': {1}, 'b': (1, b'x'), 'c': '\\ud800'}"

    answers, _, _ = ask(source, [1])

    assert answers[0]["value"] == {
        "a": "<not plain data: set>",
        "b": [1, "<not plain data: bytes>"],
        "c": "\ud800",
    }
