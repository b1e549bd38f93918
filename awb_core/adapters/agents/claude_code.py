"""Claude Code by Anthropic."""

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
    flag_setting,
    integer_setting,
    number_setting,
    option,
    text_setting,
)


def launch(context: LaunchContext) -> Launch:
    """Return `claude -p`."""
    bare = ("--bare",) if context.settings.get("bare") else ()
    return Launch(
        argv=(
            *context.program,
            *("-p", context.instruction, "--output-format", "stream-json", "--verbose"),
            *("--dangerously-skip-permissions", "--model", context.model),
            *bare,
            *option(context, "max_turns", "--max-turns"),
            *option(context, "max_budget_usd", "--max-budget-usd"),
            *option(context, "append_system_prompt", "--append-system-prompt"),
            *option(context, "effort", "--effort"),
            *extra(context),
        ),
        env={
            "ANTHROPIC_BASE_URL": context.base_url,
            "ANTHROPIC_API_KEY": context.token,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_MAX_RETRIES": str(context.settings.get("max_retries", 3)),
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_ERROR_REPORTING": "1",
            # Without it the root user is refused the permission flag.
            "IS_SANDBOX": "1",
        },
    )


def parse(stdout: bytes, files: Mapping[str, bytes]) -> Claims:
    """Read the events of `--output-format stream-json`."""
    stream = claims.events(stdout)
    result = stream.last("result")
    usage = claims.group(result, "usage")
    cached = claims.count(usage, "cache_read_input_tokens")
    written = claims.count(usage, "cache_creation_input_tokens")
    fresh = claims.count(usage, "input_tokens")
    servers = claims.rows(_init(stream), "mcp_servers")
    return Claims(
        input_tokens=None if fresh is None else claims.total((fresh, cached, written)),
        cached_tokens=cached,
        cache_write_tokens=written,
        output_tokens=claims.count(usage, "output_tokens"),
        reasoning_tokens=claims.count(usage, "output_tokens_details", "thinking_tokens"),
        cost_usd=claims.amount(result, "total_cost_usd"),
        turns=claims.count(result, "num_turns"),
        tool_calls=_tool_calls(stream),
        reason=claims.words(result, "terminal_reason") or claims.words(result, "subtype"),
        error=_error(result),
        models=claims.names(claims.group(result, "modelUsage")),
        mcp_failures=claims.names(
            claims.words(server, "name") for server in servers if server.get("status") == "failed"
        ),
        problems=stream.problems(result=not result),
    )


def _init(stream: claims.Events) -> Mapping[str, object]:
    found = [event for event in stream.of("system") if event.get("subtype") == "init"]
    return found[0] if found else {}


def _tool_calls(stream: claims.Events) -> int:
    return sum(
        block.get("type") == "tool_use"
        for event in stream.of("assistant")
        for block in claims.rows(event, "message", "content")
    )


def _error(result: Mapping[str, object]) -> str:
    """Return the error; the subtype says success also when the provider refused."""
    if result.get("is_error") is not True:
        return ""
    named = claims.words(result, "result") or claims.words(result, "error", "message")
    return named or claims.words(result, "subtype") or "is_error"


CLAUDE_CODE = AgentSpec(
    name="claude-code",
    title="Claude Code",
    summary="Claude Code (claude -p): claude-code:claude-sonnet-4-5",
    install=NpmInstall(
        package="@anthropic-ai/claude-code",
        version="2.1.330",
        binary="node_modules/@anthropic-ai/claude-code/bin/claude.exe",
        command="claude",
        # The package holds the same file, linked or copied by its install script.
        prune=("node_modules/@anthropic-ai/claude-code-linux-*",),
    ),
    wires=(Wire(protocol="anthropic", upstream="anthropic"),),
    default_model="claude-sonnet-4-5",
    launch=launch,
    parse=parse,
    settings={
        "max_retries": integer_setting("Retries of a request; 3 unless given."),
        "max_turns": integer_setting("Most turns; it ends with an error after them.", 1),
        "max_budget_usd": number_setting("Its own budget by its own prices; overshoots by a turn."),
        "append_system_prompt": text_setting("Text added to its system prompt."),
        "effort": {
            "enum": ["low", "medium", "high", "xhigh", "max"],
            "description": "How long the model thinks; the model's default unless given.",
        },
        "bare": flag_setting("Three tools and a short system prompt: a different agent."),
    },
    notes=(
        "Tested: 2.1.330 with claude-sonnet-4-5 against a scripted server, also without network.",
        "After a cut stream its own token counts are too low.",
        "`effort` is taken from its documentation; what it does was not seen here.",
    ),
)
