"""Real agents on real tasks, locked in, metered to the token."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from real_agents.bench import KEY
from real_agents.misfortunes import MisfortuneBench
from tests_support import TASK as TINY
from tests_support import find_python, write_task

from awb_core.adapters.acp.known import KNOWN
from awb_core.adapters.agent import AgentAdapter
from awb_core.adapters.agents import AGENTS
from awb_core.sandbox.local import LocalProvider
from awb_core.testing import Cuts, Fails, Hangs, Loops, Script, Shell

pytestmark = [pytest.mark.docker, pytest.mark.network]

PROVEN = ("codex", "claude-code", "opencode", "mini-swe-agent", "gemini-cli")
ON_REQUEST = ("qwen-code", "copilot-cli", "aider")
"""OpenHands has a test of its own: it needs a task with Python 3.12."""
SPECS = {spec.name: spec for spec in AGENTS}
TASK = "doc-mako-drift"
QUICK = "max_retries = 1"


def assert_usage_is_exact(trial, server):
    served, tokens = server.usage(), trial["usage"]["tokens"]
    assert trial["usage"]["requests"] == len([s for s in server.served() if s.did != "models"])
    assert tokens["input_tokens"] == served.input_tokens
    assert tokens["cached_read_tokens"] == served.cached_tokens
    assert tokens["output_tokens"] == served.output_tokens


@pytest.mark.parametrize("agent", PROVEN)
def test_an_agent_that_delivers_canonical_passes_and_its_usage_is_exact(bench, real_task, agent):
    bench.script(real_task(TASK), "canonical")

    trial = bench.run(agent, TASK)

    assert (trial["outcome"], trial["cause"], trial["passed"]) == ("finished", "", True), trial
    assert trial["score"] >= 0.9
    assert trial["agent"]["version"]
    assert float(trial["usage"]["cost_usd"]) > 0
    assert trial["sandbox"]["name"] == "docker"
    assert_usage_is_exact(trial, bench.server)
    seen = {value for served in bench.server.served() for value in served.headers.values()}
    assert any(KEY in value for value in seen)


@pytest.mark.parametrize("agent", PROVEN)
def test_an_agent_that_delivers_partial_fails(bench, real_task, agent):
    bench.script(real_task(TASK), "partial")

    trial = bench.run(agent, TASK, sandbox="local")

    assert (trial["outcome"], trial["passed"]) == ("finished", False)
    assert 0.05 < trial["score"] < 0.5
    assert_usage_is_exact(trial, bench.server)


def test_an_agent_of_the_agent_client_protocol_passes_too(bench, real_task):
    bench.script(real_task(TASK), "canonical")

    settings = 'agent = "gemini-cli"'
    trial = bench.run("acp:gemini-2.5-pro", TASK, sandbox="local", settings=settings)

    assert (trial["outcome"], trial["cause"], trial["passed"]) == ("finished", "", True), trial
    assert trial["score"] >= 0.9
    assert trial["agent"]["version"] == "0.61.0"
    assert trial["claims"]["reason"] == "end_turn"
    assert trial["claims"]["input_tokens"] == trial["usage"]["tokens"]["input_tokens"]
    assert_usage_is_exact(trial, bench.server)


@pytest.mark.parametrize("agent", ["codex", "claude-code"])
def test_a_recorded_trial_is_replayed_without_a_model(tiny_bench, agent):
    solve = "printf 'def add(a, b):\\n    return a + b\\n' > sums.py"
    tiny_bench.server.script("", Script(steps=(Shell("pwd"), Shell(solve))))
    first = tiny_bench.run(agent, "tiny-add", "--record-requests")
    asked = len(tiny_bench.server.served())
    tiny_bench.server.script("", Script(), Fails(500))

    again = tiny_bench.run(agent, "tiny-add", "--replay", first["folder"])

    assert (again["outcome"], again["passed"]) == ("finished", True)
    assert again["usage"]["tokens"] == first["usage"]["tokens"]
    assert again["id"] == first["id"]
    assert len(tiny_bench.server.served()) == asked


ERRORS = {
    401: "auth_failed",
    429: "overloaded",
    500: "api_errors",
    529: "overloaded",
}


@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize("agent", ["codex", "claude-code"])
def test_errors_to_the_end_are_no_result(tiny_bench, agent, status):
    tiny_bench.server.script("", Script(), Fails(status))

    trial = tiny_bench.run(agent, "tiny-add", settings=QUICK)

    assert (trial["outcome"], trial["cause"]) == ("infra_error", ERRORS[status])
    assert trial["score"] is None
    assert trial["usage"]["failed"] == trial["usage"]["requests"] > 0


INVALID, LATE = "infra_error", "agent_timeout"
ENDS = {
    "loop": (LATE, ""),
    "hang": (INVALID, "no_answer"),
    "cut": (INVALID, "api_errors"),
    **{str(status): (INVALID, cause) for status, cause in ERRORS.items()},
}
SLOWER = {"opencode": {}, "mini-swe-agent": {"max_retries": 1}, "gemini-cli": {"max_attempts": 1}}
"""With the settings that make them give up early, where they have one."""


@pytest.mark.parametrize("agent", SLOWER)
def test_misfortunes_of_the_slower_agents_end_as_they_should(agent):
    misfortunes = {"hang": Hangs(60), "cut": Cuts()}
    misfortunes |= {str(status): Fails(status) for status in ERRORS}
    adapter = AgentAdapter(SPECS[agent])
    workflow = replace(adapter.workflow(""), settings=SLOWER[agent])

    with MisfortuneBench(adapter, LocalProvider(), workflow=workflow) as bench:
        ends = bench.all(misfortunes, endless=Loops())

    assert {name: (end.outcome.value, end.cause) for name, end in ends.items()} == ENDS
    usages = {name: end.usage for name, end in ends.items()}
    assert usages["loop"]["tokens"]["input_tokens"] > 0
    for status in map(str, ERRORS):
        assert usages[status]["failed"] == usages[status]["requests"] > 0
        assert usages[status]["is_lower_bound"] is False
    assert usages["cut"]["is_lower_bound"] is usages["hang"]["is_lower_bound"] is True


@pytest.mark.parametrize("agent", ["codex", "claude-code"])
def test_errors_that_an_agent_gets_over_are_part_of_its_work(tiny_bench, agent):
    solve = "printf 'def add(a, b):\\n    return a + b\\n' > sums.py"
    script = Script(steps=(Shell("pwd"), Shell(solve)))
    tiny_bench.server.script("", script, Fails(500, times=1))

    trial = tiny_bench.run(agent, "tiny-add")

    assert (trial["outcome"], trial["passed"]) == ("finished", True)
    assert trial["usage"]["failed"] == 1
    assert_usage_is_exact(trial, tiny_bench.server)


@pytest.mark.parametrize("agent", ["codex", "claude-code"])
def test_an_agent_without_end_is_killed_at_its_limit_and_graded(tiny_bench, agent):
    tiny_bench.server.script("", Script(), Loops())

    trial = tiny_bench.run(agent, "tiny-add", limits="agent_seconds = 8")

    assert (trial["outcome"], trial["passed"]) == ("agent_timeout", False)
    assert trial["usage"]["tokens"]["input_tokens"] > 0
    assert trial["score"] < 0.5


def test_a_model_that_never_answers_is_no_result(tiny_bench):
    tiny_bench.server.script("", Script(), Hangs(60))

    trial = tiny_bench.run("codex", "tiny-add", limits="agent_seconds = 5")

    assert (trial["outcome"], trial["cause"]) == ("infra_error", "no_answer")


def test_a_spent_budget_ends_the_trial_which_is_graded(tiny_bench):
    tiny_bench.server.script("", Script(), Loops())

    trial = tiny_bench.run("codex", "tiny-add", limits="budget_usd = 0.0001")

    assert (trial["outcome"], trial["cause"]) == ("budget_exhausted", "budget")
    assert trial["passed"] is False
    assert trial["usage"]["denied"] >= 1


def test_secrets_and_overlays_reach_the_agent_and_leave_no_trace(tiny_bench, monkeypatch):
    monkeypatch.setenv("MY_SECRET", "a-secret-that-nobody-sees")
    overlay = tiny_bench.root / "overlay"
    (overlay / "workspace").mkdir(parents=True)
    (overlay / "workspace/AGENTS.md").write_text("Be brief.\n")
    (overlay / "home").mkdir()
    (overlay / "home/.note").write_text("from home\n")
    look = 'cat AGENTS.md ~/.note > found.txt; echo "$MY_SECRET" | wc -c >> found.txt; env'
    tiny_bench.server.script("", Script(steps=(Shell("pwd"), Shell(look))))

    top = 'overlay = "overlay"\nsecrets = ["MY_SECRET"]\n'
    trial = tiny_bench.run("codex", "tiny-add", top=top)

    patch = next(trial["folder"].glob("artifacts/*/*/patch.diff")).read_text()
    assert "+Be brief.\n+from home\n+26\n" in patch
    assert trial["workspace"]["added"] == ["found.txt"]
    for path in trial["folder"].rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"a-secret-that-nobody-sees" not in data, path
            assert KEY.encode() not in data, path


@pytest.mark.on_request
@pytest.mark.parametrize("agent", ON_REQUEST)
def test_the_other_agents_deliver_canonical_too(bench, real_task, agent):
    bench.script(real_task(TASK), "canonical")

    trial = bench.run(agent, TASK)

    assert (trial["outcome"], trial["passed"]) == ("finished", True), trial
    assert_usage_is_exact(trial, bench.server)


@pytest.mark.on_request
def test_openhands_solves_a_task_of_its_python(bench, site, monkeypatch):
    limits = "[limits]\nagent_seconds = 300\nmemory_mb = 2048\npids = 512\ndisk_mb = 512\n"
    limits += 'verify_seconds = 20\nnetwork = "none"\n\n'
    before, _, after = TINY.partition("[limits]")
    toml = before + '[environment]\npython = "3.12"\n\n' + limits + after[after.index("[[") :]
    write_task(site.add_pack(), toml=toml)
    bench.site = str(site.root)
    python = find_python("3.12")
    assert python, "needs Python 3.12"
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(python).parent), os.environ["PATH"]]))
    solve = "printf 'def add(a, b):\\n    return a + b\\n' > sums.py"
    bench.server.script("", Script(steps=(Shell("pwd"), Shell(solve))))

    trial = bench.run("openhands", "tiny-add", sandbox="local")

    assert (trial["outcome"], trial["passed"]) == ("finished", True), trial
    assert_usage_is_exact(trial, bench.server)


@pytest.mark.on_request
@pytest.mark.parametrize("agent", [name for name in KNOWN if name != "gemini-cli"])
def test_the_other_agents_of_the_agent_client_protocol_pass_too(bench, real_task, agent):
    bench.script(real_task(TASK), "canonical")

    model = SPECS[agent].default_model
    trial = bench.run(f"acp:{model}", TASK, sandbox="local", settings=f'agent = "{agent}"')

    assert (trial["outcome"], trial["passed"]) == ("finished", True), trial
    assert_usage_is_exact(trial, bench.server)
