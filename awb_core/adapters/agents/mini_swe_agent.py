"""mini-swe-agent by the SWE-agent team."""

from __future__ import annotations

from collections.abc import Mapping

from awb_core.adapters.agents import claims
from awb_core.adapters.agents.litellm import LITELLM_WIRES, litellm_env, litellm_model
from awb_core.adapters.agents.pip import VERSION_ARGV
from awb_core.adapters.agents.spec import (
    AgentSpec,
    Claims,
    Launch,
    LaunchContext,
    PipInstall,
    extra,
    integer_setting,
    number_setting,
    option,
)

TRAJECTORY = "trajectory.json"


def launch(context: LaunchContext) -> Launch:
    """Return `mini` without questions; its trajectory goes into HOME."""
    limit = context.settings.get("step_limit")
    # Naming one configuration replaces the default one, so that has to be named too.
    steps = () if limit is None else ("-c", "mini.yaml", "-c", f"agent.step_limit={limit}")
    return Launch(
        argv=(
            *context.program,
            *("-m", litellm_model(context), "-t", context.instruction),
            *("-y", "--exit-immediately", "-o", f"{context.home}/{TRAJECTORY}"),
            *option(context, "cost_limit", "-l"),
            *steps,
            *extra(context),
        ),
        env={
            **litellm_env(context),
            "MSWEA_CONFIGURED": "true",
            "MSWEA_SILENT_STARTUP": "1",
            "MSWEA_COST_TRACKING": "ignore_errors",
            "MSWEA_MODEL_RETRY_STOP_AFTER_ATTEMPT": str(context.settings.get("max_retries", 2)),
        },
    )


def parse(stdout: bytes, files: Mapping[str, bytes]) -> Claims:
    """Read the trajectory; the raw answers of the model are in it."""
    found = claims.matching(files, TRAJECTORY)
    trajectory = claims.load(found[0]) if found else {}
    info = claims.group(trajectory, "info")
    messages = claims.rows(trajectory, "messages")
    usage = [claims.group(m, "extra", "response", "usage") for m in messages]
    status = claims.words(info, "exit_status")
    calls = claims.count(info, "model_stats", "api_calls")
    return Claims(
        input_tokens=claims.total(claims.count(u, "prompt_tokens") for u in usage),
        cached_tokens=claims.total(
            claims.count(u, "prompt_tokens_details", "cached_tokens") for u in usage
        ),
        output_tokens=claims.total(claims.count(u, "completion_tokens") for u in usage),
        reasoning_tokens=claims.total(
            claims.count(u, "completion_tokens_details", "reasoning_tokens") for u in usage
        ),
        cost_usd=claims.amount(info, "model_stats", "instance_cost"),
        turns=calls,
        tool_calls=sum(len(claims.rows(m, "extra", "actions")) for m in messages),
        reason=status,
        error="" if status in {"", "Submitted"} else status,
        models=claims.names(claims.words(m, "extra", "response", "model") for m in messages),
        problems=() if trajectory else (f"no {TRAJECTORY}",),
    )


MINI_SWE_AGENT = AgentSpec(
    name="mini-swe-agent",
    title="mini-swe-agent",
    summary="mini-swe-agent (mini): mini-swe-agent:openai/gpt-4o",
    install=PipInstall(
        package="mini-swe-agent",
        version="2.4.6",
        command="mini",
        python_range=">=3.10,<3.14",
        # litellm imports it as soon as a request has tools, and does not require it.
        requirements=("mcp>=2.2,<3",),
    ),
    wires=LITELLM_WIRES,
    default_model="openai/gpt-4o",
    launch=launch,
    parse=parse,
    version_argv=VERSION_ARGV,
    collect=(TRAJECTORY,),
    settings={
        "max_retries": integer_setting("Attempts of its own; its client retries below them.", 1),
        "step_limit": integer_setting("Most steps.", 1),
        "cost_limit": number_setting("Its own limit in USD, by its own prices."),
    },
    notes=(
        "Tested: 2.4.6 with openai/gpt-4o and claude-sonnet-4-5 against a scripted server.",
        "Gemini: its requests arrive; tool calls were not tried.",
        "Its client retries below `max_retries`: two attempts took six requests.",
    ),
)
