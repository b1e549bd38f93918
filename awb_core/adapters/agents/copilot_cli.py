"""GitHub Copilot CLI with a provider of one's own."""

from __future__ import annotations

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
)

_TYPES = {"openai-chat": "openai", "openai-responses": "openai", "anthropic": "anthropic"}
_WIRE_APIS = {"openai-chat": "completions", "openai-responses": "responses"}


def launch(context: LaunchContext) -> Launch:
    """Return `copilot -p` without a login."""
    env = {
        "COPILOT_PROVIDER_BASE_URL": context.base_url,
        "COPILOT_PROVIDER_API_KEY": context.token,
        "COPILOT_PROVIDER_TYPE": _TYPES[context.wire.protocol],
        "COPILOT_MODEL": context.model,
        "COPILOT_OFFLINE": "true",
        "COPILOT_AUTO_UPDATE": "false",
    }
    if context.wire.protocol in _WIRE_APIS:
        env["COPILOT_PROVIDER_WIRE_API"] = _WIRE_APIS[context.wire.protocol]
    return Launch(
        argv=(
            *context.program,
            *("-p", context.instruction, "--allow-all", "--output-format", "json"),
            "--disable-builtin-mcps",
            *extra(context),
        ),
        env=env,
    )


def parse(stdout: bytes, files: Mapping[str, bytes]) -> Claims:
    """Read the events of `--output-format json`, and the tokens from the session's file."""
    stream = claims.events(stdout)
    sessions = claims.events(b"\n".join(claims.matching(files, "/events.jsonl")))
    metrics = claims.group(sessions.last("session.shutdown"), "data", "modelMetrics")
    usage = [claims.group(metric, "usage") for metric in metrics.values()]
    result = stream.last("result")
    code = claims.count(result, "exitCode")
    return Claims(
        input_tokens=claims.total(claims.count(u, "inputTokens") for u in usage),
        cached_tokens=claims.total(claims.count(u, "cacheReadTokens") for u in usage),
        cache_write_tokens=claims.total(claims.count(u, "cacheWriteTokens") for u in usage),
        output_tokens=claims.total(claims.count(u, "outputTokens") for u in usage),
        reasoning_tokens=claims.total(claims.count(u, "reasoningTokens") for u in usage),
        turns=claims.total(claims.count(m, "requests", "count") for m in metrics.values()),
        tool_calls=len(stream.of("tool.execution_start")),
        reason="" if code is None else f"exit {code}",
        error=claims.words(stream.last("session.error"), "data", "message"),
        models=claims.names(metrics),
        mcp_failures=claims.names(
            claims.words(server, "name")
            for event in stream.of("session.mcp_servers_loaded")
            for server in claims.rows(event, "data", "servers")
            if server.get("status") == "failed"
        ),
        problems=stream.problems(result=not result, token_counts=not metrics),
    )


COPILOT_CLI = AgentSpec(
    name="copilot-cli",
    title="GitHub Copilot CLI",
    summary="GitHub Copilot CLI (copilot -p) with a provider of one's own: copilot-cli:gpt-5.1",
    install=NpmInstall(
        package="@github/copilot",
        version="1.0.102",
        binary="node_modules/@github/copilot-linux-*/copilot",
        command="copilot",
    ),
    wires=(
        Wire(protocol="openai-chat", upstream="openai", path="/v1"),
        Wire(protocol="openai-responses", upstream="openai", path="/v1"),
        Wire(protocol="anthropic", upstream="anthropic"),
    ),
    default_model="gpt-5.1",
    launch=launch,
    parse=parse,
    collect=(".copilot/session-state/*/events.jsonl",),
    notes=(
        "Tested: 1.0.102 with gpt-5.1 and claude-sonnet-4.5 against a scripted server.",
        "It needs a bundle of certificates in the sandbox, also for a gateway without TLS.",
        "It unpacks 237 MB below HOME first.",
        "Its own retries have no setting; it exits with 1 after a cut stream, whatever it did.",
    ),
)
