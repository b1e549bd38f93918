"""`awb transcript`, `awb show` and the report, on a run whose requests were kept or not."""

import json

import pytest
from transcript.protocols import PROTOCOLS

from awb_core.gateway.records import Attempt

REQUESTS, ANSWERS, _ = PROTOCOLS["messages"]
USAGE = {"input_tokens": 10, "cached_read_tokens": 0, "cache_write_tokens": 0, "output_tokens": 3}
SUMS = {
    "requests": 2,
    "failed": 0,
    "tokens": USAGE,
    "cost_usd": "0.5",
    "model_wait_seconds": 1.0,
    "models": ["m-1"],
}


@pytest.fixture
def run(tiny, tmp_path):
    """A run of one trial in which no model was asked yet; `run.trial` is its id."""

    class Run:
        root = tmp_path / "awb-runs" / "r"
        trial = ""

        def awb(self, *arguments):
            return tiny.awb(*arguments, cwd=tmp_path)

        def ask(self, *, bodies, attempt=1):
            """Write what a gateway would have."""
            name = f"{self.trial}.{attempt}"
            (self.root / "gateway/log").mkdir(parents=True, exist_ok=True)
            lines = []
            for n in (1, 2):
                made = Attempt(
                    n=n, operation="messages", status=200, usage=USAGE, model_observed="m-1",
                    priced=True, cost_usd="0.25", stop_reason="end_turn", seconds=0.5,
                )  # fmt: skip
                lines.append(json.dumps({"event": "end", **made.record()}))
            (self.root / f"gateway/log/{name}.jsonl").write_text("\n".join(lines) + "\n")
            if bodies:
                folder = self.root / "gateway/bodies" / name
                folder.mkdir(parents=True)
                for n, (asked, answered) in enumerate(zip(REQUESTS, ANSWERS, strict=True), 1):
                    (folder / f"{n:05d}.request").write_text(json.dumps(asked))
                    (folder / f"{n:05d}.response").write_text(json.dumps(answered))
            path = self.root / "trials" / f"{self.trial}.json"
            path.write_text(json.dumps(json.loads(path.read_text()) | {"usage": SUMS}))

    made = Run()
    done = made.awb(
        "run", "-w", "noop", "--task", "tiny-add", "--sandbox", "local", "--out", made.root
    )
    assert done.returncode == 0, done.stderr
    made.trial = next((made.root / "trials").glob("*.json")).stem
    return made


def test_a_trial_whose_requests_were_kept_is_shown_exported_and_read_again(run, tmp_path):
    run.ask(bodies=True)

    shown = run.awb("transcript", run.trial)
    exported = run.awb("transcript", run.trial, "--format", "atif", "--out", "t.json")
    again = run.awb("transcript", "--from-atif", "t.json")
    own = json.loads(run.awb("transcript", run.trial, "--format", "json").stdout)

    assert shown.returncode == 0, shown.stderr
    assert "> Bash: ls\n  | a.py\n" in shown.stdout
    assert "20 tokens in, 6 out, $0.5000" in shown.stdout
    assert exported.returncode == 0, exported.stderr
    assert json.loads((tmp_path / "t.json").read_text())["schema_version"] == "ATIF-v1.7"
    assert again.stdout == shown.stdout
    assert [step["source"] for step in own["steps"]] == ["system", "user", "agent", "agent"]


def test_show_says_how_to_see_it_and_the_page_holds_it(run):
    run.ask(bodies=True)

    shown = run.awb("show", run.trial)
    done = run.awb("report", "latest", "--format", "html")

    assert f"awb transcript {run.trial}\n" in shown.stdout
    assert done.returncode == 0, done.stderr
    page = (run.root / "report.html").read_text()
    assert "<summary>Transcript: 4 steps, 20 tokens in, 6 out, $0.5000</summary>" in page
    assert '<span class="at">tool</span> Bash: ls' in page
    assert "<script" not in page


def test_without_bodies_there_are_the_requests_and_a_word_of_how_to_keep_them(run):
    run.ask(bodies=False)

    shown = run.awb("transcript", run.trial)
    refused = run.awb("transcript", run.trial, "--format", "atif")

    assert shown.returncode == 0
    assert "--record-requests" in shown.stderr
    header, first, second = shown.stdout.splitlines()
    assert header.split() == [
        "N",
        "TIME",
        "MODEL",
        "STATUS",
        "IN",
        "CACHED",
        "OUT",
        "USD",
        "SECONDS",
        "END",
    ]
    assert first.split()[2:] == ["m-1", "200", "10", "0", "3", "0.2500", "0.5", "end_turn"]
    assert second.startswith("2 ")
    assert refused.returncode == 2
    assert "--record-requests" in refused.stderr


def test_a_trial_without_a_model_and_wrong_names_are_explained(run, tmp_path):
    (tmp_path / "bad.json").write_text("{}")
    cases = [
        ([run.trial], "asked no model"),
        (["0000"], "no trial '0000'"),
        ([], "name a trial"),
        ([run.trial, "--from-atif", "x"], "name a trial"),
        (["--from-atif", "gone.json"], "gone.json: cannot be read"),
        (["--from-atif", "bad.json"], "bad.json: $.schema_version"),
    ]

    for arguments, words in cases:
        done = run.awb("transcript", *arguments)
        assert done.returncode == 2, arguments
        assert words in done.stderr, arguments


def test_an_attempt_can_be_chosen(run):
    run.ask(bodies=True, attempt=3)

    missing = run.awb("transcript", run.trial, "--attempt", "1")
    shown = run.awb("transcript", run.trial, "--attempt", "3")

    assert missing.returncode == 2
    assert f"there are requests of {run.trial}.3" in missing.stderr
    assert "Only a.py." in shown.stdout


def test_a_trial_of_a_run_elsewhere_is_named_with_its_run(run, tmp_path):
    run.ask(bodies=True)
    run.root.rename(tmp_path / "monday")
    name = f"monday/{run.trial}"

    shown = run.awb("transcript", f"./monday/{run.trial[:8]}")
    told = run.awb("show", name)
    missing = run.awb("transcript", run.trial)
    wrong = run.awb("transcript", f"tuesday/{run.trial}")

    assert "> Bash: ls\n  | a.py\n" in shown.stdout, shown.stderr
    assert f"what was said: awb transcript {name}\n" in told.stdout
    assert (missing.returncode, wrong.returncode) == (2, 2)
    assert "a trial of another run is RUN/TRIAL" in missing.stderr
    assert f"no trial 'tuesday/{run.trial}'\n" in wrong.stderr
