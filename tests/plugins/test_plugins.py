"""Distributions of third parties, installed from wheels, work in every command; bad ones break nothing else."""

import json
import shutil

import pytest
from plugins.installed import HERE, checked, install, parsed

from awb_core.report import REPORTERS

pytestmark = pytest.mark.network

TASK, PACK, ADAPTER = "fx-clean-path", "awb-pack-fixture-security", "awb-adapter-fixture"


@pytest.fixture(scope="session")
def installed(tmp_path_factory, request):
    base = tmp_path_factory.getbasetemp()
    return install(base.parent if hasattr(request.config, "workerinput") else base)


@pytest.fixture
def awb(installed, tmp_path):
    """Run the command line of the clean environment."""
    return lambda *arguments, **env: installed.run("awb", *arguments, cwd=tmp_path, env=env)


def test_listings_name_what_third_parties_bring(awb):
    packs = {row["name"]: row for row in parsed(awb("packs", "--json"))}
    tasks = {row["id"]: row for row in parsed(awb("tasks", "--json"))}
    adapters = {row["name"]: row for row in parsed(awb("adapters", "--json"))}
    oracles = {row["name"] for row in parsed(awb("oracles", "--json"))}
    dimensions = {row["id"]: row for row in parsed(awb("dimensions", "--json"))}

    assert packs[PACK] == {
        "name": PACK,
        "version": "1.2.0",
        "distribution": PACK,
        "dimensions": ["input-validation"],
        "tasks": 1,
        "broken": [],
    }
    assert tasks[TASK]["checks"] == ["plain", "hostile"]
    assert adapters["loop"]["state"] == "installed"
    assert adapters["rules"]["version"] == ""
    assert "probes" in oracles
    assert (dimensions["input-validation"]["title"], dimensions["input-validation"]["tasks"]) == (
        "Input validation",
        1,
    )


def test_a_task_and_a_workflow_are_shown_and_planned(awb):
    task = parsed(awb("show", TASK, "--json"))
    workflow = parsed(awb("show", "rules:strict", "--json"))
    plan = parsed(
        awb(
            "plan",
            "-w",
            "rules:strict",
            "-w",
            "loop",
            "--pack",
            PACK,
            "--sandbox",
            "local",
            "--json",
        )
    )
    unknown = awb("show", "rules:lax")

    assert task["rungs"] == ["canonical", "minimal", "partial"]
    assert workflow["name"] == "rules:strict"
    assert [(t["task"], t["workflow"]) for t in plan["trials"]] == [
        (TASK, "rules:strict"),
        (TASK, "loop:gpt-4o"),
    ]
    assert unknown.returncode == 2
    assert "knows none, strict" in unknown.stderr


def test_a_run_is_measured_reported_resumed_and_scored_again(awb, tmp_path):
    run = tmp_path / "run"
    workflows = ("-w", "rules:none", "-w", "rules:strict", "-w", "reference:minimal")

    done = parsed(
        awb("run", *workflows, "--task", TASK, "--sandbox", "local", "--json", "--out", run)
    )

    trials = {trial["workflow"]: trial for trial in done["trials"]}
    assert {name: trial["passed"] for name, trial in trials.items()} == {
        "rules:none": False,
        "rules:strict": True,
        "reference:minimal": True,
    }
    assert trials["rules:none"]["score"] == 0.0
    assert trials["rules:strict"]["score"] > 0.9
    for format_ in (reporter.name for reporter in REPORTERS):
        report = checked(awb("report", run, "--format", format_))
        written = run / "report.html"
        text = written.read_text() if format_ == "html" else report
        assert "Input validation" in text or "input-validation" in text, format_
    assert "3" in checked(awb("status", run))

    lost = run / f"trials/{trials['rules:strict']['id']}.json"
    lost.unlink()
    resumed = parsed(awb("resume", run, "--json"))
    rescored = checked(awb("rescore", run))

    assert lost.is_file()
    assert {t["workflow"]: t["score"] for t in resumed["trials"]} == {
        name: trial["score"] for name, trial in trials.items()
    }
    assert rescored


def test_its_task_is_admissible(awb):
    checked(awb("check", TASK, "--sandbox", "local", "--jobs", "1", "--mutants"))


@pytest.mark.parametrize("distribution", [PACK, ADAPTER])
def test_its_own_tests_pass_with_the_kit(installed, tmp_path, distribution):
    shutil.copytree(HERE / distribution / "tests", tmp_path / "tests")
    options = ("-q", "-W", "error", "-p", "no:cacheprovider", "--rootdir", tmp_path)

    done = installed.run(
        *("python", "-m", "pytest", *options, "tests"),
        cwd=tmp_path,
        env={"AWB_TEST_SANDBOX": "local"},
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


BROKEN = {
    "broken": ["RuntimeError: this pack is broken on purpose"],
    "future": ["version 2 of the plugin API", "this awb-core has 1", "update awb-core"],
    "hanging": ["took longer than 3 s", "AWB_PLUGIN_SECONDS"],
}


def test_bad_plugins_are_listed_with_their_reason_and_the_rest_works(installed, awb, tmp_path):
    names = [f"awb-pack-fixture-{kind}" for kind in BROKEN]
    env = {**installed.beside(tmp_path / "bad", *names), "AWB_PLUGIN_SECONDS": "3"}

    packs = {row["distribution"]: row for row in parsed(awb("packs", "--json", **env), code=1)}
    run = ("run", "-w", "rules:strict", "--task", TASK, "--sandbox", "local", "--json")
    trial = parsed(awb(*run, "--out", tmp_path / "run", **env))["trials"][0]

    for kind, words in BROKEN.items():
        (reason,) = packs[f"awb-pack-fixture-{kind}"]["broken"]
        assert all(word in reason for word in words), reason
    assert packs[PACK]["broken"] == []
    assert trial["passed"] is True


def test_duplicates_are_named_with_both_distributions(installed, awb, tmp_path):
    both = (PACK, "awb-pack-fixture-duplicate")
    env = installed.beside(tmp_path / "bad", both[1])

    listed = {kind: awb(kind, **env) for kind in ("packs", "oracles", "adapters", "dimensions")}
    run = awb("run", "-w", "rules:strict", "--task", TASK, "--sandbox", "local", **env)
    shown = awb("show", "rules:strict", "--json", **env)

    assert listed["packs"].returncode == 1
    for kind, owners in (("packs", both), ("oracles", both), ("dimensions", both)):
        assert all(owner in listed[kind].stderr for owner in owners), listed[kind].stderr
    assert all(name in listed["adapters"].stderr for name in (ADAPTER, both[1]))
    assert run.returncode == 2
    assert all(owner in run.stderr for owner in both)
    assert json.loads(shown.stdout)["name"] == "rules:strict"
