"""What agents say of themselves, whatever they say."""

import pytest
from agents.support import RECORDED, SPECS, recorded

from awb_core.adapters.agents.spec import Claims

FINISHED = {
    "codex": (28874, 9683, 50, 2),
    "claude-code": (65895, 22021, 38, 2),
    "opencode": (23117, 7746, 28, 2),
    "mini-swe-agent": (2766, 963, 65, 3),
    "gemini-cli": (35505, 11893, 59, 2),
    "qwen-code": (57996, 19392, 59, 2),
    "copilot-cli": (37415, 12520, 59, 2),
    "aider": (2682, None, 22, None),
    "openhands": (26677, 8958, 76, None),
}
"""Tokens in, cached and out as the scripted server counted them, and tool calls."""

REFUSED = {
    "codex": "unexpected status 401",
    "claude-code": "Failed to authenticate",
    "opencode": "invalid api key",
    "gemini-cli": "[API Error:",
    "qwen-code": "[API Error: 401",
    "copilot-cli": "Authentication failed",
    "aider": "litellm.BadRequestError",
    "openhands": "litellm.AuthenticationError",
}


def test_every_agent_has_a_recording():
    assert set(FINISHED) == set(SPECS)


@pytest.mark.parametrize("agent", FINISHED)
def test_a_finished_run_claims_what_was_served(agent):
    claims = SPECS[agent].parse(*recorded(agent, "finished"))

    found = (claims.input_tokens, claims.cached_tokens, claims.output_tokens, claims.tool_calls)
    assert found == FINISHED[agent]
    assert (claims.error, claims.problems, claims.mcp_failures) == ("", (), ())


@pytest.mark.parametrize("agent", REFUSED)
def test_a_refused_key_is_an_error_whatever_the_exit_code(agent):
    claims = SPECS[agent].parse(*recorded(agent, "refused"))

    assert claims.error.startswith(REFUSED[agent])
    assert not claims.input_tokens


@pytest.mark.parametrize("agent", SPECS)
def test_nothing_is_no_claim_and_a_problem(agent):
    claims = SPECS[agent].parse(b"", {})

    assert (claims.input_tokens, claims.output_tokens, claims.cost_usd) == (None, None, None)
    assert claims.problems


@pytest.mark.parametrize("name", sorted(place.stem for place in RECORDED.glob("*.out")))
def test_a_report_may_be_cut_anywhere(name):
    agent, _, kind = name.rpartition("-")
    output, files = recorded(agent, kind)

    for part in range(20):
        cut = {name: data[: len(data) * part // 20] for name, data in files.items()}
        claims = SPECS[agent].parse(output[: len(output) * part // 20], cut)
        assert isinstance(claims, Claims)


@pytest.mark.parametrize("agent", SPECS)
def test_a_report_without_its_end_is_a_problem(agent):
    output, files = recorded(agent, "finished")
    lost = {name: data[: len(data) // 3] for name, data in files.items()}

    assert SPECS[agent].parse(output[: len(output) // 3], lost).problems


GARBAGE = {
    "no UTF-8": b'\xff\xfe{"type": "result", "usage": "\xff"}\n{"type": \xff}\n',
    "no objects": b'[1, 2]\n"text"\nnull\n{}\n',
    "deep": b'{"type": ' * 20_000,
    "wrong types": b'{"type": "result", "usage": [1], "stats": "x", "error": 5, "num_turns": "3"}\n'
    b'{"type": "turn.completed", "usage": {"input_tokens": "many", "output_tokens": true}}\n'
    b'{"type": "step_finish", "part": {"tokens": 7, "cost": "dear"}}\n'
    b'{"type": "assistant", "message": {"content": {"type": "tool_use"}}}\n'
    b'{"type": ["result"]}\n{"type": "system", "subtype": 1, "mcp_servers": [1, {"name": 2}]}\n',
    "no numbers": b'{"type": "result", "usage": {"input_tokens": NaN, "output_tokens": -1},'
    b' "total_cost_usd": Infinity, "stats": {"input_tokens": 1e400}}\n',
}


@pytest.mark.parametrize("agent", SPECS)
@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_no_claim(agent, data):
    _, files = recorded(agent, "finished")

    claims = SPECS[agent].parse(data, dict.fromkeys(files, data))

    assert claims.input_tokens is None
    assert claims.output_tokens is None
    assert claims.cost_usd is None


def test_claims_leave_out_what_is_not_known():
    claims = Claims(input_tokens=0, models=("m",), error="")

    assert claims.as_mapping() == {"input_tokens": 0, "models": ["m"]}


def test_a_tool_server_that_did_not_start_is_named():
    stream = b"""\
{"type": "system", "subtype": "init", "mcp_servers": [{"name": "docs", "status": "failed"}]}
{"type": "result", "subtype": "success", "is_error": false, "usage": {"input_tokens": 1}}
"""

    assert SPECS["claude-code"].parse(stream, {}).mcp_failures == ("docs",)
