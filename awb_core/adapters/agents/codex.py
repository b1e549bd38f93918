"""Codex CLI by OpenAI."""

from __future__ import annotations

import json
from collections.abc import Mapping

from awb_core.adapters.agents import claims
from awb_core.adapters.agents.spec import (
    AgentSpec,
    Claims,
    Launch,
    LaunchContext,
    NpmInstall,
    Wire,
    extra,
    integer_setting,
)

KEY = "AWB_GATEWAY_TOKEN"
"""The environment variable our provider entry reads its key from."""


def launch(context: LaunchContext) -> Launch:
    """Return `codex exec` with a provider of our own.

    The built-in provider tries web sockets first, also with another base URL.
    """
    retries = context.settings.get("max_retries", 2)
    provider = (
        f'{{name="gateway",base_url={json.dumps(context.base_url)},env_key="{KEY}",'
        f'wire_api="responses",request_max_retries={retries},stream_max_retries={retries}}}'
    )
    options = [
        "model_provider=gateway",
        f"model_providers.gateway={provider}",
        "features.plugins=false",
        "features.apps=false",
        "analytics.enabled=false",
        "check_for_update_on_startup=false",
    ]
    effort = context.settings.get("reasoning_effort")
    if effort:
        options.append(f"model_reasoning_effort={json.dumps(effort)}")
    return Launch(
        argv=(
            *context.program,
            *("exec", "--json", "--skip-git-repo-check", "--ephemeral"),
            *("--dangerously-bypass-approvals-and-sandbox", "-m", context.model),
            *(word for value in options for word in ("-c", value)),
            *extra(context),
            context.instruction,
        ),
        env={KEY: context.token},
    )


def parse(stdout: bytes, files: Mapping[str, bytes]) -> Claims:
    """Read the events of `--json`."""
    stream = claims.events(stdout)
    turns = stream.of("turn.completed")
    usage = [claims.group(turn, "usage") for turn in turns]
    failed = stream.last("turn.failed")
    items = [claims.group(event, "item") for event in stream.of("item.completed")]
    error = claims.words(failed, "error", "message")
    if not error and not turns:
        error = claims.words(stream.last("error"), "message")
    return Claims(
        input_tokens=claims.total(claims.count(u, "input_tokens") for u in usage),
        cached_tokens=claims.total(claims.count(u, "cached_input_tokens") for u in usage),
        cache_write_tokens=claims.total(claims.count(u, "cache_write_input_tokens") for u in usage),
        output_tokens=claims.total(claims.count(u, "output_tokens") for u in usage),
        reasoning_tokens=claims.total(claims.count(u, "reasoning_output_tokens") for u in usage),
        turns=len(stream.of("turn.started")) or None,
        tool_calls=len([item for item in items if str(item.get("type")) in _TOOLS]),
        reason="turn.failed" if failed else "turn.completed" if turns else "",
        error=error,
        problems=stream.problems(final_event=not (turns or failed)),
    )


_TOOLS = frozenset({"command_execution", "file_change", "mcp_tool_call", "web_search"})

CODEX = AgentSpec(
    name="codex",
    title="Codex CLI",
    summary="Codex CLI (codex exec): codex:gpt-5.5",
    install=NpmInstall(
        package="@openai/codex",
        version="0.169.0",
        binary="node_modules/@openai/codex-linux-*/vendor/*/bin/codex",
        command="codex",
        prune=("node_modules/@openai/codex-linux-*/vendor/*/codex-resources/voice",),
    ),
    wires=(Wire(protocol="openai-responses", upstream="openai", path="/v1"),),
    default_model="gpt-5.5",
    launch=launch,
    parse=parse,
    settings={
        "max_retries": integer_setting("Retries of a request and of a stream; 2 unless given."),
        "reasoning_effort": {
            "enum": ["minimal", "low", "medium", "high", "xhigh"],
            "description": "How long the model thinks; the model's default unless given.",
        },
    },
    notes=(
        "Tested: 0.169.0 with gpt-5.5 against a scripted server, also without network.",
        "Its first turn counts all model requests; the number of requests is not reported.",
        "The model decides its tools: gpt-5.6 and later write JavaScript that calls them.",
    ),
)
