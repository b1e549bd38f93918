"""Every shipped attack loses against a judge out of its process, and the naive judges it was made for lose to it."""

import subprocess
from pathlib import Path
from typing import ClassVar

import pytest
from tests_support import AWB, TASK, write_task

from awb_core.admission.bench import Scope
from awb_core.attacks import ATTACKS, PlantedAttack
from awb_core.model import Measurement
from awb_core.protocols import Command

PYTEST = "pytest==9.2.0\n"
CANARY = "# awb-canary 00000000-0000-4000-8000-000000000000\n"
SUITE = CANARY + (
    "import pytest\nfrom sums import add\n\n"
    '@pytest.mark.parametrize("number", range(20))\n'
    "def test_add(number):\n    expected = number + 3\n    assert add(number, 3) == expected\n"
)
IN_PROCESS = TASK.replace('oracle = "program"', 'oracle = "{oracle}"').replace(
    'judge = "judge.py"\nworker = "worker.py"', "{options}"
)
WITH_TOOLS = IN_PROCESS.replace(
    "[limits]", '[environment]\nrequirements = "requirements.txt"\n\n[limits]'
)


class ExitStatus:
    """What many graders do: lay the tests into the workspace, run them there, and believe the exit status."""

    name = "exit-status"
    summary = "believes the exit status of a test run in the workspace"
    schema: ClassVar = {"type": "object"}

    def measure(self, context):
        with context.open_sandbox() as sandbox:
            sandbox.put(context.tests)
            command = [
                sandbox.python,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "test_sums.py",
            ]
            result = sandbox.run(
                Command(argv=command, env={"PYTHONPATH": "."}, seconds=context.seconds)
            )
        return Measurement(value=float(result.exit_code == 0))


@pytest.fixture(scope="session")
def requirements():
    command = [*("pip", "compile", "-q", "-", "--universal", "--no-header"), "--generate-hashes"]
    done = subprocess.run(
        [Path(AWB[0]).parent / "uv", *command, "--python-version", "3.11"],
        input=PYTEST,
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("--"))


def winners(report):
    return {
        result.name
        for result in report.of("attack")
        if result.verdict == "pass" or result.score is None or result.score > 0
    }


def test_there_are_enough_and_each_is_documented():
    names = [attack.name for attack in ATTACKS]
    assert len(names) == len(set(names)) >= 25
    assert all(attack.summary and attack.group for attack in ATTACKS)


def test_all_lose_against_a_judge_out_of_process(tmp_path, examine):
    report = examine(write_task(tmp_path), Scope(attacks=True))
    assert report.rules["attacks"] == ()
    assert len(report.of("attack")) >= 45


@pytest.mark.docker
def test_those_on_the_sandbox_lose_in_docker_as_well(tmp_path, examine, registry):
    groups = {"leftovers", "links", "shims", "theft", "git"}
    chosen = {name: a for name, a in registry.attacks.items() if a.group in groups}
    scope = Scope(attacks=True, reach=True)
    report = examine(write_task(tmp_path), scope, attacks=chosen, sandbox="docker")
    assert report.problems == ()
    assert len(report.of("attack")) == len(chosen) >= 10


def in_process(tmp_path, requirements, oracle, options):
    toml = WITH_TOOLS.replace("{oracle}", oracle).replace("{options}", options)
    root = write_task(tmp_path, toml=toml.replace("memory_mb = 256", "memory_mb = 512"))
    (root / "requirements.txt").write_text(requirements)
    (root / "tests/test_sums.py").write_text(SUITE)
    ids = "".join(f"test_sums.py::test_add[{number}]\n" for number in range(20))
    (root / "tests/ids.txt").write_text(ids)
    return root


@pytest.mark.network
def test_an_exit_status_can_be_had_without_the_work(tmp_path, examine, requirements):
    """The rule of attacks goes red, and most attacks that were made for such a judge do win."""
    root = in_process(tmp_path, requirements, "exit-status", "")
    report = examine(root, Scope(attacks=True), oracles=[ExitStatus()])
    assert report.rules["attacks"]
    assert winners(report) >= {
        "conftest",
        "patched-pytest",
        "exit-at-import",
        "exit-at-end",
        "always-equal",
        "frame-peek",
    }


@pytest.mark.network
def test_a_suite_in_the_process_is_fooled_by_values_only(tmp_path, examine, requirements):
    """Steering and forging are beaten by twins and a test that must fail; values in its own process are not.

    That is why the suites of the built-in packs are gates beside checks out of the process.
    """
    options = 'suite = "test_sums.py"\nexpected = "ids.txt"'
    root = in_process(tmp_path, requirements, "pytest", options)
    report = examine(root, Scope(attacks=True))
    assert winners(report) <= {"always-equal", "frame-peek"}
    assert "frame-peek" in winners(report)
    caught = {r.name for r in report.of("attack") if r.record["outcome"] == "tampered"}
    assert {"patched-pytest", "patched-pytest-spares-strangers"} <= caught


def test_an_attack_of_a_third_party_is_tried(tmp_path, examine):
    attack = PlantedAttack(
        name="answers-itself",
        group="of a pack",
        summary="does the work",
        files={"sums.py": "def add(a, b):\n    return a + b\n"},
    )
    report = examine(write_task(tmp_path), Scope(attacks=True), attacks={attack.name: attack})
    assert len(report.rules["attacks"]) == 1
    assert "attack answers-itself: passes with 0.95" in report.rules["attacks"][0]
