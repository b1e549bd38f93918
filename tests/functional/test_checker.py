"""`awb check` goes red on planted faults, and names them."""

import pytest
from tests_support import JUDGE, TASK, write_task

FAULTS = {
    "noop-passes": (
        {"judge": JUDGE.replace("return answer", "return True or answer")},
        "noop: must fail",
    ),
    "minimal-fails": (
        {"minimal": "def add(a, b):\n    return a + b if a < 9 else None\n"},
        "minimal: must pass, got fail",
    ),
    "canonical-is-mediocre": (
        {"canonical": "def add(a, b):\n    return a + b if a < 13 else None\n"},
        "canonical: scores 0.",
    ),
    "minimal-is-too-good": (
        {"minimal": "def add(a, b):\n    return a + b if a < 14 else None\n"},
        "minimal: scores 0.",
    ),
    "partial-equals-noop": (
        {"partial": "def add(a, b):\n    return 'no'\n"},
        "noop (0.000) must score below partial",
    ),
    "oracle-is-flaky": (
        {
            "judge": JUDGE.replace("import random", "import random, time").replace(
                'return answer.get("value") == sum(case["input"])',
                'return answer.get("value") == sum(case["input"]) and (case["input"][0] != 3 or time.time_ns() // 1000 % 2)',
            )
        },
        "repeats differ",
    ),
    "oracle-crashes": (
        {"judge": JUDGE.replace("return answer", "raise RuntimeError")},
        "verifier_error",
    ),
    "oracle-prints-nothing": ({"worker": "import sys\n"}, "the worker did not start"),
    "oracle-hangs": (
        {
            "toml": TASK.replace("verify_seconds = 20", "verify_seconds = 1"),
            "judge": "import time\ntime.sleep(60)\n",
        },
        "took longer than 1 s",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(site, fault):
    replace, words = FAULTS[fault]
    replace = dict(replace.items())
    write_task(site.add_pack(), **replace)

    done = site.awb(
        "check", "tiny-add", "--sandbox", "local", "--repeats", "6" if "flaky" in fault else "1"
    )

    assert done.returncode == 1
    assert "NOT ADMISSIBLE" in done.stdout
    assert words in done.stdout
    assert "Traceback" not in done.stderr


def test_an_answer_in_the_workspace_is_found(site):
    root = write_task(site.add_pack())
    answer = "def add(left, right):\n    total_of_both = left + right  # never None\n    return total_of_both if left < 99 else None\n"
    (root / "solution/canonical/sums.py").write_text(answer)
    (root / "workspace/notes").mkdir()
    (root / "workspace/notes/draft.txt").write_text("ideas:\n" + answer)

    done = site.awb("check", "tiny-add", "--sandbox", "local")

    assert done.returncode == 1
    assert "leak:" in done.stdout


def test_a_hidden_file_in_the_workspace_is_found(site):
    root = write_task(site.add_pack())
    (root / "workspace/copy.py").write_text((root / "tests/judge.py").read_text())

    done = site.awb("check", "tiny-add", "--sandbox", "local")

    assert done.returncode == 1
    assert "tests/judge.py lies in the workspace as copy.py" in done.stdout
