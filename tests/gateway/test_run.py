"""Budgets and prices of whole runs, with a small agent in the local sandbox."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from awb_core.sandbox.local import LocalProvider
from awb_core.testing import Script, Shell

AGENT = Path(__file__).parents[1] / "agents/acp_tiny_agent.py"
WORKFLOW = """
schema = 1
name = "tiny"
adapter = "acp"
model = "{model}"
overlay = "overlay"
[settings]
command = ["python3", "~/agent.py"]
upstream = "openai"
base_url_variable = "TINY_BASE_URL"
token_variable = "TINY_KEY"
[limits]
{limits}
[upstreams.openai]
base_url = "{url}/openai"
key_variable = ""
"""
PRICES = """
schema = 1
[models.house-model]
input_usd = 2.5
output_usd = 10
cached_read_usd = 0.25
"""
SOLVE = "printf 'def add(a, b):\\n    return a + b\\n' > sums.py"


@pytest.fixture
def run(tiny, server, tmp_path):
    """Return a function that runs the agent on the smallest task, which it solves."""
    if LocalProvider().bubblewrap is None:
        pytest.skip("apt-get install bubblewrap")
    (tmp_path / "overlay/home").mkdir(parents=True)
    shutil.copy(AGENT, tmp_path / "overlay/home/agent.py")
    server.script("", Script(steps=(Shell(SOLVE),)))

    def run(*arguments, model="gpt-4o", limits=""):
        file = tmp_path / "tiny.toml"
        file.write_text(WORKFLOW.format(model=model, limits=limits, url=server.url))
        options = ["--sandbox", "local", "--jobs", 1, "--json", "--out", tmp_path / "run"]
        return tiny.awb("run", "-w", file, "--task", "tiny-add", *options, *arguments)

    return run


def trials(done):
    """Return the records of a run, in the order of their repeats."""
    assert done.stdout, done.stderr
    return sorted(json.loads(done.stdout)["trials"], key=lambda trial: trial["repeat"])


def test_the_budget_of_a_workflow_is_one_for_all_its_trials(run):
    done = run("--repeats", 3, limits="workflow_usd = 0.0000001")

    ends = [(trial["outcome"], trial["cause"]) for trial in trials(done)]
    assert ends == [("budget_exhausted", "budget"), *[("cancelled", "budget_of_run")] * 2]
    assert done.returncode == 1
    assert "budget of the run or of the workflow" in trials(done)[1]["note"]


def test_a_budget_that_is_not_reached_changes_nothing(run):
    (trial,) = trials(run(limits="workflow_usd = 5\nbudget_usd = 5"))

    assert (trial["outcome"], trial["passed"]) == ("finished", True)
    assert (trial["usage"]["requests"], trial["usage"]["denied"]) == (2, 0)
    assert trial["usage"]["is_lower_bound"] is False


def test_the_model_is_asked_past_the_proxy_of_the_network_packages(run, tiny, server, tmp_path):
    (manifest,) = tiny.root.rglob("task.toml")
    manifest.write_text(manifest.read_text().replace('network = "none"', 'network = "packages"'))
    server.script("", Script(steps=(Shell(f'test -n "$HTTPS_PROXY" && {SOLVE}'),)))

    (trial,) = trials(run())

    assert (trial["outcome"], trial["passed"]) == ("finished", True)
    assert trial["usage"]["requests"] == 2
    asked = json.loads(
        (tmp_path / "run/artifacts" / trial["artifacts"] / "packages.json").read_text()
    )
    assert asked["hosts"] == []


def test_a_model_without_a_price_has_the_price_that_is_given(run, tmp_path):
    (tmp_path / "prices.toml").write_text(PRICES)

    (trial,) = trials(run("--prices", tmp_path / "prices.toml", model="house-model"))

    tokens = trial["usage"]["tokens"]
    fresh = tokens["input_tokens"] - tokens["cached_read_tokens"]
    cost = fresh * Decimal("2.5") + tokens["cached_read_tokens"] * Decimal("0.25")
    cost += tokens["output_tokens"] * 10
    assert Decimal(trial["usage"]["cost_usd"]) == cost / 1_000_000
    assert " own:" in trial["usage"]["price_version"]
    lock = json.loads((tmp_path / "run/run.json").read_text())
    prices = {"input_usd": 2.5, "output_usd": 10, "cached_read_usd": 0.25}
    assert lock["prices"] == {"house-model": prices}


def test_without_it_the_cost_is_unknown(run):
    (trial,) = trials(run(model="house-model"))

    assert trial["passed"] is True
    assert trial["usage"]["cost_usd"] is None
    assert trial["usage"]["unpriced_requests"] == 2


def test_prices_that_are_wrong_are_refused_with_their_place(run, tmp_path):
    (tmp_path / "prices.toml").write_text(PRICES + "cached_usd = 1\n")

    done = run("--prices", tmp_path / "prices.toml")

    assert done.returncode == 2
    words = "$.models.house-model: unknown key 'cached_usd'; did you mean 'cached_read_usd'?"
    assert words in done.stderr
    assert not (tmp_path / "run").exists()
