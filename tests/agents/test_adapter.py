"""Agents as workflows."""

from dataclasses import replace
from pathlib import Path

import pytest
from agents.support import SPECS, TOKEN, recorded, with_install

from awb_core.adapters.agent import AgentAdapter, environment
from awb_core.adapters.agents.spec import Launch
from awb_core.errors import SandboxFailed, UsageError
from awb_core.model import Brief, Limits, Outcome, Workflow
from awb_core.protocols import AgentSession, CommandResult, GatewayAccess, ModelAdapter
from awb_core.validation import schema_problems, validator

ACCESS = GatewayAccess(url="http://127.0.0.1:8080/t/trial", token=TOKEN)


class ScriptedSandbox:
    """Answers each command with the next of the results, and remembers what it was asked."""

    workspace, hidden, home, python = "/work", "/hidden", "/home/awb", "/env/bin/python"
    gateway_url = "http://127.0.0.1:8080"

    def __init__(self, *results):
        self.results, self.commands, self.files = list(results), [], {}

    def put(self, source, *, hidden=False):
        assert hidden
        self.files = {
            p.relative_to(source).as_posix(): p.read_bytes()
            for p in source.rglob("*")
            if p.is_file()
        }

    def run(self, command):
        self.commands.append(command)
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


def run(agent, sandbox, **changes):
    adapter = AgentAdapter(SPECS[agent])
    brief = Brief(task="t", instruction="Mend it.", limits=Limits(agent_seconds=7))
    session = AgentSession(
        brief=brief,
        workflow=replace(adapter.workflow(""), **changes),
        sandbox=sandbox,
        start=Path("/nowhere"),
        gateway=ACCESS,
    )
    return adapter.run(session)


def done(stdout=b"", exit_code=0, **values):
    return CommandResult(exit_code=exit_code, stdout=stdout, stdout_bytes=len(stdout), **values)


@pytest.mark.parametrize("agent", SPECS)
def test_every_agent_is_a_model_adapter(agent):
    adapter = AgentAdapter(SPECS[agent])

    assert isinstance(adapter, ModelAdapter)
    assert adapter.privileged is False
    assert adapter.upstream(adapter.workflow("")) in {"anthropic", "openai", "gemini"}


def test_the_default_model_and_the_same_one_named_are_the_same_workflow():
    adapter = AgentAdapter(SPECS["codex"])

    assert adapter.workflow("") == adapter.workflow("gpt-5.5")
    assert adapter.workflow("").name == "codex:gpt-5.5"
    assert adapter.workflow("").factors == {"harness": "codex", "model": "gpt-5.5"}


def test_agent_model_and_version_are_the_identity():
    codex = SPECS["codex"]
    newer = AgentAdapter(with_install(codex, version="0.170.0"))
    renamed = AgentAdapter(replace(codex, name="codex-2"))
    adapter = AgentAdapter(codex)

    made = [
        adapter.workflow(""),
        adapter.workflow("gpt-5"),
        newer.workflow(""),
        renamed.workflow(""),
    ]
    assert len({workflow.identity for workflow in made}) == 4


@pytest.mark.parametrize("model", ["--help", "a b", "x;y", "/etc"])
def test_what_is_no_models_name_is_refused(model):
    with pytest.raises(UsageError, match="not a model's name"):
        AgentAdapter(SPECS["codex"]).workflow(model)


def test_a_provider_it_does_not_speak_to_is_refused():
    adapter = AgentAdapter(SPECS["claude-code"])

    with pytest.raises(UsageError, match="claude-code"):
        adapter.upstream(adapter.workflow("openai/gpt-5"))


VALID = {
    "codex": {"max_retries": 0, "reasoning_effort": "low", "version": "0.169.0"},
    "claude-code": {"bare": True, "max_budget_usd": 0.5, "wire": "anthropic"},
    "opencode": {"small_model": "gpt-5-nano", "wire": "openai-chat", "upstream": "house"},
    "mini-swe-agent": {"step_limit": 3, "cost_limit": 1.5},
    "gemini-cli": {"max_attempts": 1},
    "qwen-code": {"max_turns": 4, "max_tool_calls": 0},
    "copilot-cli": {"extra_arguments": ["--effort", "low"]},
    "aider": {"edit_format": "diff", "map_tokens": 0, "auto_commits": False},
    "openhands": {},
}
INVALID = [
    {"nothing": 1},
    {"version": "latest"},
    {"wire": "carrier-pigeon"},
    {"extra_arguments": "-x"},
]


@pytest.mark.parametrize("agent", SPECS)
def test_settings_are_checked(agent):
    check = validator(AgentAdapter(SPECS[agent]).settings_schema)

    assert not list(schema_problems(VALID[agent], check, "workflow.toml"))
    for settings in INVALID:
        assert list(schema_problems(settings, check, "workflow.toml")), settings


@pytest.mark.parametrize("agent", SPECS)
def test_every_setting_is_described(agent):
    properties = AgentAdapter(SPECS[agent]).settings_schema["properties"]

    assert all(value["description"].endswith(".") for value in properties.values())


def test_the_workflows_variables_replace_all_but_the_way_to_the_gateway():
    launch = Launch(argv=(), env={"KEY": TOKEN, "URL": f"{ACCESS.url}/x", "RETRIES": "3"})
    workflow = Workflow(
        name="w", adapter="a", env={"KEY": "k", "URL": "u", "RETRIES": "1", "MORE": "m"}
    )

    env = environment(launch, workflow, ACCESS)

    assert (env["KEY"], env["URL"]) == (TOKEN, f"{ACCESS.url}/x")
    assert (env["RETRIES"], env["MORE"]) == ("1", "m")


def test_a_run_probes_the_version_then_works_within_its_limit():
    output, _ = recorded("codex", "finished")
    sandbox = ScriptedSandbox(done(b"codex-cli 0.169.0\n"), done(output))

    transcript = run("codex", sandbox, env={"MINE": "1"})

    probe, work = sandbox.commands
    assert probe.argv == ["/opt/agent/bin/codex", "--version"]
    assert (work.argv[0], work.seconds, work.env["MINE"]) == ("/opt/agent/bin/codex", 7, "1")
    assert (transcript.outcome, transcript.version) == (Outcome.FINISHED, "0.169.0")
    assert transcript.claims["input_tokens"] == 28874


def test_settings_of_the_agent_are_laid_into_home_first():
    output, _ = recorded("gemini-cli", "finished")
    sandbox = ScriptedSandbox(done(), done(b"0.61.0"), done(output))

    run("gemini-cli", sandbox)

    assert any(name.endswith(".gemini/settings.json") for name in sandbox.files)
    assert sandbox.commands[0].argv[0] == "sh"


def test_the_outcome_is_the_process_and_the_claim_only_explains():
    output, _ = recorded("claude-code", "refused")
    sandbox = ScriptedSandbox(done(b"2.1.330"), done(output, exit_code=1))

    transcript = run("claude-code", sandbox)

    assert transcript.outcome is Outcome.AGENT_ERROR
    assert transcript.note.startswith("exit 1; it says: Failed to authenticate")


def test_an_agent_that_failed_politely_has_finished():
    output, _ = recorded("aider", "refused")
    sandbox = ScriptedSandbox(done(b"0.86.2"), done(output), done())

    transcript = run("aider", sandbox)

    assert transcript.outcome is Outcome.FINISHED
    assert transcript.claims["error"].startswith("litellm.")


def test_a_sandbox_that_was_killed_has_no_files_to_report():
    killed = done(exit_code=137, timed_out=True)
    sandbox = ScriptedSandbox(done(b"2.4.6"), killed, SandboxFailed("the container is gone"))

    transcript = run("mini-swe-agent", sandbox)

    assert transcript.outcome is Outcome.AGENT_TIMEOUT
    assert transcript.claims["problems"] == ["no trajectory.json"]


def test_output_that_lost_its_middle_is_a_problem():
    output, _ = recorded("codex", "finished")
    sandbox = ScriptedSandbox(done(b"0.1"), replace(done(output), stdout_bytes=99_000_000))

    transcript = run("codex", sandbox)

    assert transcript.claims["problems"] == ["the middle of its output was dropped"]


@pytest.mark.parametrize(
    ("said", "version"),
    [
        (b"2.1.330 (Claude Code)\n", "2.1.330"),
        (b"GitHub Copilot CLI 1.0.102.\n", "1.0.102"),
        (b"\xff?", ""),
    ],
)
def test_versions_are_found_in_what_tools_say(said, version):
    assert run("codex", ScriptedSandbox(done(said), done())).version == version


def test_without_a_gateway_nothing_is_started():
    adapter = AgentAdapter(SPECS["codex"])
    sandbox = ScriptedSandbox()
    session = AgentSession(
        brief=Brief(task="t", instruction="", limits=Limits()),
        workflow=adapter.workflow(""),
        sandbox=sandbox,
        start=Path("/nowhere"),
    )

    assert adapter.run(session).outcome is Outcome.INFRA_ERROR
    assert not sandbox.commands
