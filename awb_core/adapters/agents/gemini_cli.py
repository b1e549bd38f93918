"""Gemini CLI by Google."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

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
)


def launch(context: LaunchContext) -> Launch:
    """Return `gemini -p` with an API key chosen as its way to log in."""
    settings: dict[str, Any] = {
        # Without it, another base URL makes it choose a login that fails.
        "security": {"auth": {"selectedType": "gemini-api-key"}},
        "privacy": {"usageStatisticsEnabled": False},
        "general": {
            "enableAutoUpdate": False,
            "maxAttempts": context.settings.get("max_attempts", 3),
        },
    }
    turns = context.settings.get("max_turns")
    if turns is not None:
        settings["model"] = {"maxSessionTurns": turns}
    return Launch(
        argv=(
            *context.program,
            *("-p", context.instruction, "--yolo", "-m", context.model),
            *("--output-format", "stream-json"),
            *extra(context),
        ),
        env={
            "GEMINI_API_KEY": context.token,
            "GOOGLE_GEMINI_BASE_URL": context.base_url,
            "GEMINI_CLI_TRUST_WORKSPACE": "true",
            "GEMINI_TELEMETRY_ENABLED": "false",
            # Otherwise it starts itself again and the first process does not pass on signals.
            "GEMINI_CLI_NO_RELAUNCH": "true",
        },
        home_files={".gemini/settings.json": json.dumps(settings, sort_keys=True)},
    )


def parse(stdout: bytes, files: Mapping[str, bytes]) -> Claims:
    """Read the events of `--output-format stream-json`."""
    stream = claims.events(stdout)
    result = stream.last("result")
    stats = claims.group(result, "stats")
    used = claims.count(stats, "input_tokens")
    said = claims.count(stats, "output_tokens")
    everything = claims.count(stats, "total_tokens")
    thoughts = None
    if used is not None and said is not None and everything is not None:
        # Thoughts are in the total and in none of its parts.
        thoughts = max(0, everything - used - said)
    return Claims(
        input_tokens=used,
        cached_tokens=claims.count(stats, "cached"),
        output_tokens=claims.total((said, thoughts)),
        reasoning_tokens=thoughts,
        tool_calls=len(stream.of("tool_use")),
        reason=claims.words(result, "status"),
        error=claims.words(result, "error", "message")
        or claims.words(stream.last("error"), "message"),
        models=claims.names(claims.group(stats, "models")),
        problems=stream.problems(result=not result),
    )


GEMINI_CLI = AgentSpec(
    name="gemini-cli",
    title="Gemini CLI",
    summary="Gemini CLI (gemini -p): gemini-cli:gemini-2.5-pro",
    install=NpmInstall(
        package="@google/gemini-cli",
        version="0.61.0",
        binary="node_modules/@google/gemini-cli/bundle/gemini.js",
        command="gemini",
        node=NODE_22,
    ),
    wires=(Wire(protocol="gemini", upstream="gemini"),),
    default_model="gemini-2.5-pro",
    launch=launch,
    parse=parse,
    settings={
        "max_attempts": integer_setting("Attempts of a request; 3 unless given.", 1),
        "max_turns": integer_setting("Most turns of the session.", 1),
    },
    notes=(
        "Tested: 0.61.0 with gemini-2.5-pro against a scripted server, also without network.",
        "It calls other models beside the chosen one; let the gateway allow and price them.",
        "Its exit code is the status of a failed request modulo 256, and 0 after a cut stream.",
        "`max_turns` is taken from its documentation.",
    ),
)
