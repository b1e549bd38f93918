"""OpenHands CLI."""

from __future__ import annotations

from collections.abc import Mapping

from awb_core.adapters.agents import claims
from awb_core.adapters.agents.litellm import LITELLM_WIRES, litellm_model
from awb_core.adapters.agents.pip import VERSION_ARGV
from awb_core.adapters.agents.spec import (
    AgentSpec,
    Claims,
    Launch,
    LaunchContext,
    PipInstall,
    extra,
)


def launch(context: LaunchContext) -> Launch:
    """Return `openhands --headless` with the model from the environment."""
    return Launch(
        argv=(
            *context.program,
            *("--headless", "--json", "--override-with-envs", "--always-approve"),
            *extra(context),
            *("-t", context.instruction),
        ),
        env={
            "LLM_API_KEY": context.token,
            "LLM_BASE_URL": context.base_url,
            "LLM_MODEL": litellm_model(context),
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "OPENHANDS_SUPPRESS_BANNER": "1",
        },
    )


def parse(stdout: bytes, files: Mapping[str, bytes]) -> Claims:
    """Read the conversation's state; the standard output mixes events with drawings."""
    states = [claims.load(data) for data in claims.matching(files, "/base_state.json")]
    metrics = [
        claims.group(value)
        for state in states
        for value in claims.group(state, "stats", "usage_to_metrics").values()
    ]
    usage = [claims.group(metric, "accumulated_token_usage") for metric in metrics]
    # The rest of the line may hold a drawing, so not every event can be read.
    failures = [
        event
        for event in claims.events(stdout).items
        if event.get("kind") == "ConversationErrorEvent"
    ]
    failure = failures[-1] if failures else {}
    return Claims(
        input_tokens=claims.total(claims.count(u, "prompt_tokens") for u in usage),
        cached_tokens=claims.total(claims.count(u, "cache_read_tokens") for u in usage),
        cache_write_tokens=claims.total(claims.count(u, "cache_write_tokens") for u in usage),
        output_tokens=claims.total(claims.count(u, "completion_tokens") for u in usage),
        reasoning_tokens=claims.total(claims.count(u, "reasoning_tokens") for u in usage),
        cost_usd=claims.total_amount(claims.amount(m, "accumulated_cost") for m in metrics),
        turns=claims.total(len(claims.rows(m, "token_usages")) for m in metrics) or None,
        reason=next((claims.words(state, "execution_status") for state in states), ""),
        error=claims.words(failure, "detail") or claims.words(failure, "code"),
        models=claims.names(claims.words(m, "model_name") for m in metrics),
        problems=() if metrics else ("no token counts",),
    )


OPENHANDS = AgentSpec(
    name="openhands",
    title="OpenHands CLI",
    summary="OpenHands CLI (openhands --headless): openhands:openai/gpt-4o",
    install=PipInstall(
        package="openhands",
        version="1.16.0",
        command="openhands",
        python_range="==3.12",
        build=("func-timeout",),
    ),
    wires=LITELLM_WIRES,
    default_model="openai/gpt-4o",
    launch=launch,
    parse=parse,
    version_argv=VERSION_ARGV,
    collect=(".openhands/conversations/*/base_state.json",),
    notes=(
        "Tested: 1.16.0 with gpt-4o and claude-sonnet-4-5 against a scripted server, on Python 3.12;"
        " in a run, locked in the local sandbox, its usage exact to the token.",
        "The task's environment must have Python 3.12. Not tried in Docker.",
        "Gemini: its requests arrive; tool calls were not tried.",
        "It exits with 0 also when the provider refuses its key.",
        "It starts a terminal server of its own where tmux is installed, and that outlives it.",
        "It tries to fetch skills from the internet and goes on without them.",
    ),
)
