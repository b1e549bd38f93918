"""Agents that cannot start, instructions that are no good words, and tokens that tools count apart."""

import json
from dataclasses import replace

import pytest
from agents.support import SPECS, context
from agents.test_adapter import ACCESS, ScriptedSandbox, done

from awb_core.adapters.agent import AgentAdapter
from awb_core.adapters.install import install_agent
from awb_core.errors import EnvironmentFailed, SandboxFailed, UsageError
from awb_core.model import Brief, Limits
from awb_core.protocols import AgentSession


def session(instruction, sandbox):
    return AgentSession(
        brief=Brief(task="t", instruction=instruction, limits=Limits(agent_seconds=7)),
        workflow=AgentAdapter(SPECS["codex"]).workflow(""),
        sandbox=sandbox,
        start=None,
        gateway=ACCESS,
    )


def test_an_agent_that_cannot_start_here_is_no_fault_of_the_workflow():
    sandbox = ScriptedSandbox(replace(done(exit_code=127), stderr=b"GLIBC_2.38 not found"))

    with pytest.raises(EnvironmentFailed, match=r"Codex CLI does not start .* GLIBC_2.38"):
        AgentAdapter(SPECS["codex"]).run(session("Mend it.", sandbox))


def test_an_instruction_that_begins_with_a_dash_is_no_option():
    sandbox = ScriptedSandbox(done(b"codex-cli 0.169.0\n"), done())

    AgentAdapter(SPECS["codex"]).run(session("- mend it", sandbox))

    assert sandbox.commands[1].argv[-1] == "\n- mend it"


def test_an_instruction_longer_than_a_word_may_be_is_refused():
    sandbox = ScriptedSandbox()

    with pytest.raises(SandboxFailed, match="longer"):
        AgentAdapter(SPECS["codex"]).run(session("é" * 70_000, sandbox))


@pytest.mark.parametrize("version", ["latest", "^1.2.3", "1.2/../../x", "1.2.3 || 2"])
def test_a_version_must_be_exact(version):
    with pytest.raises(UsageError, match="no exact version"):
        install_agent(SPECS["codex"], version, print)


def test_reasoning_is_output_also_where_the_tool_counts_it_apart():
    tokens = {"input": 5, "output": 7, "reasoning": 11, "cache": {"read": 2, "write": 1}}
    step = {"type": "step_finish", "part": {"tokens": tokens, "cost": 0.5, "reason": "stop"}}
    stats = {"total_tokens": 33, "input_tokens": 20, "output_tokens": 10, "cached": 4}
    result = {"type": "result", "status": "success", "stats": stats}

    opencode = SPECS["opencode"].parse(json.dumps(step).encode(), {})
    gemini = SPECS["gemini-cli"].parse(json.dumps(result).encode(), {})

    assert (opencode.input_tokens, opencode.output_tokens, opencode.reasoning_tokens) == (8, 18, 11)
    assert (gemini.input_tokens, gemini.output_tokens, gemini.reasoning_tokens) == (20, 13, 3)


@pytest.mark.parametrize("agent", ["mini-swe-agent", "aider"])
def test_litellm_wants_the_version_in_the_address_of_gemini_only(agent):
    gemini = SPECS[agent].launch(context(agent, "gemini/gemini-2.5-pro")).env
    claude = SPECS[agent].launch(context(agent, "claude-sonnet-4-5")).env

    assert gemini["GEMINI_API_BASE"].endswith("/gemini/v1beta")
    assert claude["ANTHROPIC_API_BASE"].endswith("/anthropic")
    assert "OPENAI_API_KEY" not in {**gemini, **claude}


def test_numbers_that_no_tool_can_mean_are_no_claims():
    usage = {"input_tokens": -5, "output_tokens": 10**400, "cached_input_tokens": True}
    line = json.dumps({"type": "turn.completed", "usage": usage}).encode()
    deep = b"{" + b'"a":[' * 100_000

    claims = SPECS["codex"].parse(line + b"\n" + deep + b'\n{"type":\xff', {})

    assert claims.input_tokens is claims.output_tokens is claims.cached_tokens is None
    assert claims.problems == ("2 unreadable lines",)
