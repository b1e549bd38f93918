"""Qwen Code by Alibaba."""

from __future__ import annotations

import json
from collections.abc import Mapping

from awb_core.adapters.agents import claims
from awb_core.adapters.agents.spec import (
    NODE_22,
    AgentSpec,
    Claims,
    Launch,
    LaunchContext,
    NpmInstall,
    Wire,
    extra,
    integer_setting,
    option,
)

SETTINGS = {
    "privacy": {"usageStatisticsEnabled": False},
    "telemetry": {"enabled": False},
    "general": {"enableAutoUpdate": False},
}


def launch(context: LaunchContext) -> Launch:
    """Return `qwen -p` on an OpenAI-compatible provider."""
    return Launch(
        argv=(
            *context.program,
            *("-p", context.instruction, "--yolo", "--auth-type", "openai"),
            *("--output-format", "stream-json"),
            *option(context, "max_turns", "--max-session-turns"),
            *option(context, "max_tool_calls", "--max-tool-calls"),
            *extra(context),
        ),
        env={
            "OPENAI_API_KEY": context.token,
            "OPENAI_BASE_URL": context.base_url,
            "OPENAI_MODEL": context.model,
            "QWEN_CODE_SUPPRESS_YOLO_WARNING": "1",
        },
        home_files={".qwen/settings.json": json.dumps(SETTINGS, sort_keys=True)},
    )


def parse(stdout: bytes, files: Mapping[str, bytes]) -> Claims:
    """Read the events of `--output-format stream-json`; prompts include what was cached."""
    stream = claims.events(stdout)
    result = stream.last("result")
    usage = claims.group(result, "usage")
    error = claims.words(result, "error", "message")
    if not error and result.get("is_error") is True:
        error = claims.words(result, "subtype") or "is_error"
    messages = stream.of("assistant")
    return Claims(
        input_tokens=claims.count(usage, "input_tokens"),
        cached_tokens=claims.count(usage, "cache_read_input_tokens"),
        output_tokens=claims.count(usage, "output_tokens"),
        turns=claims.count(result, "num_turns"),
        tool_calls=sum(
            block.get("type") == "tool_use"
            for event in messages
            for block in claims.rows(event, "message", "content")
        ),
        reason=claims.words(result, "subtype"),
        error=error,
        models=claims.names(claims.words(event, "message", "model") for event in messages),
        mcp_failures=claims.names(
            claims.words(server, "name")
            for event in stream.of("system")
            for server in claims.rows(event, "mcp_servers")
            if server.get("status") in {"failed", "disconnected"}
        ),
        problems=stream.problems(result=not result),
    )


QWEN_CODE = AgentSpec(
    name="qwen-code",
    title="Qwen Code",
    summary="Qwen Code (qwen -p): qwen-code:qwen3-coder-plus",
    install=NpmInstall(
        package="@qwen-code/qwen-code",
        version="0.24.4",
        binary="node_modules/@qwen-code/qwen-code/cli-entry.js",
        command="qwen",
        node=NODE_22,
        # Its package forgets to make it executable.
        executable=("node_modules/@qwen-code/qwen-code/vendor/ripgrep/*-linux/rg",),
    ),
    wires=(Wire(protocol="openai-chat", upstream="openai", path="/v1"),),
    default_model="qwen3-coder-plus",
    launch=launch,
    parse=parse,
    settings={
        "max_turns": integer_setting("Most turns; it exits with 53 and reports nothing.", 1),
        "max_tool_calls": integer_setting("Most tool calls."),
    },
    notes=(
        "Tested: 0.24.4 with qwen3-coder-plus against a scripted server, also without network.",
        "It retries a refusing provider for minutes and has no setting for that.",
        "After a cut stream it reports no tokens.",
        "Installed here, its search tool is executable; as packaged it is not and a slower one is used.",
    ),
)
