"""The command line as a user meets it, on a tiny pack in the local sandbox."""

import json
import re

import pytest
from click.testing import CliRunner

LADDER = ["-w", "noop", "-w", "reference:partial", "-w", "reference:minimal", "-w", "reference"]


def test_a_run_ends_with_a_heat_map_and_one_record_a_trial(tiny, tmp_path):
    done = tiny.awb(
        "run", *LADDER, "--task", "tiny-add", "--sandbox", "local", "--out", tmp_path / "r"
    )

    assert done.returncode == 0, done.stderr
    assert "Capability gap matrix" in done.stdout
    assert re.search(r"Debugging .*0\.95.*0\.00", done.stdout)
    assert "4/4 trials" in done.stderr
    assert len(list((tmp_path / "r/trials").glob("*.json"))) == 4


def test_json_lists_the_trials_with_the_promised_keys(tiny, tmp_path):
    done = tiny.awb(
        *("run", "-w", "reference:minimal", "--task", "tiny-add", "--sandbox", "local"),
        *("--repeats", "2", "--json", "--out", tmp_path / "r"),
    )

    trials = json.loads(done.stdout)["trials"]
    assert [t["repeat"] for t in sorted(trials, key=lambda t: t["repeat"])] == [1, 2]
    for trial in trials:
        assert {"id", "task", "workflow", "repeat", "outcome", "passed", "score", "seconds"} <= set(
            trial
        )
        assert trial["passed"] is True
        assert 0.5 <= trial["score"] <= 0.6
        assert trial["measurements"][0]["value"] == 0.5
        assert len(trial["measurements"][0]["items"]) == 20


def test_equal_runs_have_equal_trial_ids_and_scores(tiny, tmp_path):
    results = []
    for name in ("a", "b"):
        done = tiny.awb(
            *("run", *LADDER, "--task", "tiny-add", "--sandbox", "local", "--json"),
            *("--out", tmp_path / name),
        )
        results.append(
            {t["id"]: (t["passed"], t["score"]) for t in json.loads(done.stdout)["trials"]}
        )
    assert results[0] == results[1]


def test_a_command_works_in_the_workspace(tiny, tmp_path, executable):
    agent = executable(
        """
        #!/bin/sh
        grep -q 'sums.py' && test -s "$AWB_INSTRUCTION" || exit 9
        printf 'def add(a, b):\\n    return a + b\\n' > sums.py
        """
    )
    done = tiny.awb(
        *("run", "-w", f"command:{agent}", "--task", "tiny-add", "--sandbox", "local"),
        *("--json", "--out", tmp_path / "r"),
    )
    trial = json.loads(done.stdout)["trials"][0]
    assert (trial["outcome"], trial["passed"]) == ("finished", True)
    assert trial["workspace"]["modified"] == ["sums.py"]
    patch = tmp_path / "r/artifacts" / trial["artifacts"] / "patch.diff"
    assert "+    return a + b" in patch.read_text()


def test_protected_files_are_restored(tiny, tmp_path, executable):
    agent = executable("#!/bin/sh\necho changed > data/fixed.txt; echo new > data/added.txt\n")
    done = tiny.awb(
        *("run", "-w", f"command:{agent}", "--task", "tiny-add", "--sandbox", "local"),
        *("--json", "--out", tmp_path / "r"),
    )
    trial = json.loads(done.stdout)["trials"][0]
    assert trial["workspace"]["restored"] == ["data/added.txt", "data/fixed.txt"]
    assert trial["workspace"]["added"] == []


@pytest.mark.parametrize("format_", ["text", "html", "json", "csv", "markdown", "junit"])
def test_every_report_format_renders(tiny, tmp_path, format_):
    tiny.awb("run", *LADDER, "--task", "tiny-add", "--sandbox", "local", "--out", tmp_path / "r")
    out = tmp_path / "document"

    done = tiny.awb("report", tmp_path / "r", "--format", format_, "--out", out)

    assert done.returncode == 0, done.stderr
    assert "reference:minimal" in out.read_text()
    assert "0.95" in out.read_text() or '"score": 0.95' in out.read_text() or format_ == "junit"


def test_the_page_needs_nothing_from_outside(tiny, tmp_path):
    tiny.awb("run", *LADDER, "--task", "tiny-add", "--sandbox", "local", "--out", tmp_path / "r")
    tiny.awb("report", tmp_path / "r", "--format", "html")

    page = (tmp_path / "r/report.html").read_text()

    assert "<script" not in page
    assert not re.search(r"(?:src|href)=[\"'](?!#)", page)
    assert "default-src 'none'" in page
    assert "+    return a + b if a &lt; 99 else None" in page  # the diff, escaped


def test_resume_finds_nothing_to_do_after_a_whole_run(tiny, tmp_path):
    tiny.awb("run", *LADDER, "--task", "tiny-add", "--sandbox", "local", "--out", tmp_path / "r")
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "r/trials").iterdir()}

    done = tiny.awb("resume", tmp_path / "r")

    assert done.returncode == 0
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "r/trials").iterdir()} == before


def test_status_counts_outcomes(tiny, tmp_path):
    tiny.awb("run", *LADDER, "--task", "tiny-add", "--sandbox", "local", "--out", tmp_path / "r")
    done = tiny.awb("status", tmp_path / "r", "--json")
    status = json.loads(done.stdout)
    assert (status["planned"], status["done"], status["left"], status["passed"]) == (4, 4, 0, 2)
    assert status["outcomes"] == {"finished": 4}


def test_rescore_uses_the_task_as_installed_now(tiny, tmp_path):
    tiny.awb("run", *LADDER, "--task", "tiny-add", "--sandbox", "local", "--out", tmp_path / "r")
    manifest = next(tiny.root.glob("*/tasks/tiny-add/task.toml"))
    manifest.write_text(manifest.read_text().replace("midpoint = 0.475", "midpoint = 0.6"))

    done = tiny.awb("rescore", tmp_path / "r", "--json")

    changed = {c["workflow"]: c["after"]["passed"] for c in json.loads(done.stdout)["changed"]}
    assert changed["reference:minimal"] is False
    report = json.loads(tiny.awb("report", tmp_path / "r", "--json").stdout)
    assert next(t for t in report["trials"] if t["workflow"] == "reference:minimal")["score"] < 0.5


def test_plan_says_what_a_run_would_do(tiny):
    done = tiny.awb(
        "plan", *LADDER, "--task", "tiny-add", "--repeats", "3", "--sandbox", "local", "--json"
    )
    plan = json.loads(done.stdout)
    assert len(plan["trials"]) == 12
    assert [t["repeat"] for t in plan["trials"]] == [1] * 4 + [2] * 4 + [3] * 4
    assert len({t["id"] for t in plan["trials"]}) == 12


def test_check_is_green_and_calibrate_proposes_the_anchors(tiny):
    check = tiny.awb("check", "tiny-add", "--repeats", "2", "--sandbox", "local")
    assert check.returncode == 0, check.stdout + check.stderr
    assert "tiny-add: ok" in check.stdout
    proposal = tiny.awb("calibrate", "tiny-add", "--sandbox", "local")
    assert "floor = 0, midpoint = 0.475, saturation = 1" in proposal.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "-w", "nop", "--task", "tiny-add"], "did you mean 'noop'"),
        (["run", "-w", "noop", "--task", "tiny-ad"], "did you mean 'tiny-add'"),
        (["run", "-w", "noop", "--pack", "awb-pack-tinny"], "did you mean 'awb-pack-tiny'"),
        (["run", "-w", "noop", "--dimension", "debuging"], "did you mean 'debugging'"),
        (["run", "-w", "noop", "--sandbox", "dockr"], "did you mean 'docker'"),
        (["run", "-w", "noop:x"], "takes no argument"),
        (["run", "-w", "command:./nothing"], "no such file"),
        (["chek"], "did you mean 'check'"),
        (["show", "tiny-ad"], "did you mean 'tiny-add'"),
        (["report", "nowhere"], "no such run"),
        (["check"], "name a pack or a task"),
    ],
)
def test_mistakes_get_one_clear_line_and_exit_2(tiny, arguments, words):
    done = tiny.awb(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plain_file_is_no_agent(tiny, tmp_path):
    (tmp_path / "agent").write_text("#!/bin/sh\n")
    done = tiny.awb("run", "-w", f"command:{tmp_path / 'agent'}", "--task", "tiny-add")
    assert done.returncode == 2
    assert "chmod +x" in done.stderr


def test_a_run_folder_is_used_once(tiny, tmp_path):
    arguments = (
        "run",
        "-w",
        "noop",
        "--task",
        "tiny-add",
        "--sandbox",
        "local",
        "--out",
        tmp_path / "r",
    )
    assert tiny.awb(*arguments).returncode == 0
    again = tiny.awb(*arguments)
    assert again.returncode == 2
    assert "awb resume" in again.stderr


@pytest.mark.parametrize(
    "command",
    ["packs", "tasks", "adapters", "oracles", "dimensions", "sandboxes", "executors", "doctor"],
)
def test_every_listing_has_json(tiny, command):
    done = tiny.awb(command, "--json")
    assert isinstance(json.loads(done.stdout), list)


def test_packs_json_has_the_promised_keys(tiny):
    rows = json.loads(tiny.awb("packs", "--json").stdout)
    row = next(row for row in rows if row["name"] == "awb-pack-tiny")
    assert {"name", "version", "distribution", "dimensions", "tasks", "broken"} <= set(row)
    assert (row["version"], row["tasks"], row["broken"]) == ("0.1.0", 1, [])


def test_every_command_has_help_with_an_example():
    from awb_core.cli import COMMANDS, HELP, cli

    assert set(COMMANDS) == set(HELP)
    for command in COMMANDS:
        done = CliRunner().invoke(cli, [command, "--help"])
        assert done.exit_code == 0
        assert "Example" in done.output, command


def test_shell_completion_is_there(tiny):
    done = tiny.awb(
        env={"_AWB_COMPLETE": "bash_complete", "COMP_WORDS": "awb che", "COMP_CWORD": "1"}
    )
    assert "check" in done.stdout


def test_latest_is_the_run_that_began_last_whatever_its_name(tiny, tmp_path):
    for name in ("zoo", "20260101-000000"):
        out = tmp_path / "awb-runs" / name
        tiny.awb("run", "-w", "noop", "--task", "tiny-add", "--sandbox", "local", "--out", out)
        assert f"awb-runs/{name}:" in tiny.awb("status", "latest", cwd=tmp_path).stdout


def test_show_prints_tasks_workflows_and_trials(tiny, tmp_path):
    assert "Make `add(a, b)`" in tiny.awb("show", "tiny-add").stdout
    assert "identity" in tiny.awb("show", "reference:minimal").stdout
    out = tmp_path / "awb-runs" / "one"
    tiny.awb(
        "run", "-w", "reference:minimal", "--task", "tiny-add", "--sandbox", "local", "--out", out
    )
    trial = next((out / "trials").iterdir()).stem
    shown = tiny.awb("show", trial, cwd=tmp_path)
    assert "tiny-add / reference:minimal #1: pass" in shown.stdout
    assert "c10: 0" in shown.stdout
