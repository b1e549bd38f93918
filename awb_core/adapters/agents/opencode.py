"""OpenCode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from awb_core.adapters.agents import claims
from awb_core.adapters.agents.spec import (
    AgentSpec,
    Claims,
    Launch,
    LaunchContext,
    NpmInstall,
    Wire,
    extra,
    option,
    text_setting,
)

_PROVIDERS = {
    "anthropic": "anthropic",
    "openai-responses": "openai",
    "gemini": "google",
    "openai-chat": "gateway",
}
"""OpenCode's own provider for each protocol; the last one is defined by us."""


def launch(context: LaunchContext) -> Launch:
    """Return `opencode run` with its configuration in the environment."""
    provider = _PROVIDERS[context.wire.protocol]
    entry: dict[str, Any] = {"options": {"apiKey": context.token, "baseURL": context.base_url}}
    if provider == "gateway":
        entry |= {"npm": "@ai-sdk/openai-compatible", "models": {context.model: {}}}
    config: dict[str, Any] = {
        "autoupdate": False,
        "share": "disabled",
        "permission": "allow",
        "provider": {provider: entry},
    }
    small = context.settings.get("small_model")
    if small:
        config["small_model"] = f"{provider}/{small}"
        if provider == "gateway":
            entry["models"][small] = {}
    return Launch(
        argv=(
            *context.program,
            *("run", "--format", "json", "--auto", "-m", f"{provider}/{context.model}"),
            *option(context, "agent", "--agent"),
            *option(context, "variant", "--variant"),
            *extra(context),
        ),
        # As an argument it would arrive in quotes.
        stdin=context.instruction.encode(),
        env={
            "OPENCODE_CONFIG_CONTENT": json.dumps(config, sort_keys=True),
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
            "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
        },
    )


def parse(stdout: bytes, files: Mapping[str, bytes]) -> Claims:
    """Add up the steps of `--format json`."""
    stream = claims.events(stdout)
    steps = [claims.group(event, "part") for event in stream.of("step_finish")]
    read = [claims.count(step, "tokens", "cache", "read") for step in steps]
    written = [claims.count(step, "tokens", "cache", "write") for step in steps]
    fresh = [claims.count(step, "tokens", "input") for step in steps]
    # Its output leaves out reasoning.
    reasoning = [claims.count(step, "tokens", "reasoning") for step in steps]
    said = [claims.count(step, "tokens", "output") for step in steps]
    error = stream.last("error")
    return Claims(
        input_tokens=claims.total([*fresh, *read, *written]),
        cached_tokens=claims.total(read),
        cache_write_tokens=claims.total(written),
        output_tokens=claims.total([*said, *reasoning]),
        reasoning_tokens=claims.total(reasoning),
        cost_usd=claims.total_amount(claims.amount(step, "cost") for step in steps),
        turns=len(steps) or None,
        tool_calls=len(stream.of("tool_use")),
        reason=claims.words(steps[-1], "reason") if steps else "",
        error=claims.words(error, "error", "data", "message")
        or claims.words(error, "error", "name"),
        problems=stream.problems(finished_step=not (steps or error)),
    )


OPENCODE = AgentSpec(
    name="opencode",
    title="OpenCode",
    summary="OpenCode (opencode run): opencode:anthropic/claude-sonnet-4-5",
    install=NpmInstall(
        package="opencode-ai",
        version="1.18.33",
        binary="node_modules/opencode-ai/bin/opencode.exe",
        command="opencode",
        # Its install script linked the one that fits this processor.
        prune=("node_modules/opencode-linux-*",),
    ),
    wires=(
        Wire(protocol="anthropic", upstream="anthropic", path="/v1"),
        Wire(protocol="openai-responses", upstream="openai", path="/v1"),
        Wire(protocol="gemini", upstream="gemini", path="/v1beta"),
        Wire(protocol="openai-chat", upstream="openai", path="/v1"),
    ),
    default_model="anthropic/claude-sonnet-4-5",
    launch=launch,
    parse=parse,
    settings={
        "small_model": text_setting("Model for titles, of the same provider, without a prefix."),
        "agent": text_setting("Its agent, such as build or plan."),
        "variant": text_setting("Variant of the model, such as high."),
    },
    notes=(
        "Tested: 1.18.33 against a scripted server on all four protocols, also without network.",
        "Its report leaves out the request for the session's title, which goes to a smaller model.",
        "It retries refusals by the text of their message and has no setting for that.",
        "`agent` and `variant` are taken from its documentation.",
    ),
)
