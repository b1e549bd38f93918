"""Aider."""

from __future__ import annotations

import re
from collections.abc import Mapping

from awb_core.adapters.agents import claims
from awb_core.adapters.agents.litellm import LITELLM_WIRES, litellm_env, litellm_model
from awb_core.adapters.agents.pip import SITE, VERSION_ARGV
from awb_core.adapters.agents.spec import (
    AgentSpec,
    Claims,
    Launch,
    LaunchContext,
    PipInstall,
    extra,
    flag_setting,
    integer_setting,
    option,
)

ANALYTICS = "aider-analytics.jsonl"
PRICES = "model_prices_and_context_window"
WRAPPER = """\
mkdir -p "$1" && cp "$2" "$3"; shift 3
made=
if [ ! -e .git ] && command -v git > /dev/null; then
  made=.git
  git init -q . && git add -A && git -c user.name=- -c user.email=- commit -q -m start
fi > /dev/null 2>&1
"$@"
code=$?
rm -rf .aider.tags.cache.* $made
exit $code
"""
"""Gives it what it would fetch or make: the price list of its package, and a repository.

Without one it makes an empty one, and sees no file of the workspace. What it leaves behind is no part of its work.
"""


def launch(context: LaunchContext) -> Launch:
    """Return `aider --message` with its own log of tokens in HOME."""
    caches = f"{context.home}/.aider/caches"
    packaged = f"{context.agent_root}/{SITE}/litellm/{PRICES}_backup.json"
    commits = "--auto-commits" if context.settings.get("auto_commits") else "--no-auto-commits"
    return Launch(
        argv=(
            *("sh", "-c", WRAPPER, "sh", caches, packaged, f"{caches}/{PRICES}.json"),
            *context.program,
            *("--model", litellm_model(context), "--message", context.instruction),
            *("--yes-always", "--no-check-update", "--no-show-release-notes"),
            *("--no-show-model-warnings", "--analytics-disable"),
            *("--analytics-log", f"{context.home}/{ANALYTICS}"),
            # By default both lie in the workspace.
            *("--chat-history-file", f"{context.home}/aider-chat.md"),
            *("--input-history-file", f"{context.home}/aider-input"),
            *(commits, "--no-gitignore", "--no-pretty", "--no-stream"),
            *option(context, "edit_format", "--edit-format"),
            *option(context, "map_tokens", "--map-tokens"),
            *extra(context),
        ),
        env={**litellm_env(context), "AIDER_ANALYTICS": "false"},
    )


def parse(stdout: bytes, files: Mapping[str, bytes]) -> Claims:
    """Read the analytics log, which is not sent anywhere, and the errors in the text."""
    stream = claims.events(b"\n".join(claims.matching(files, ANALYTICS)))
    sent = [
        claims.group(event, "properties")
        for event in stream.items
        if event.get("event") == "message_send"
    ]
    failure = _FAILURE.search(stdout.decode("utf-8", errors="replace"))
    return Claims(
        input_tokens=claims.total(claims.count(p, "prompt_tokens") for p in sent),
        output_tokens=claims.total(claims.count(p, "completion_tokens") for p in sent),
        cost_usd=claims.total_amount(claims.amount(p, "cost") for p in sent),
        turns=len(sent) or None,
        reason=claims.words(_exit(stream), "properties", "reason"),
        error=failure.group().strip()[: claims.MAX_WORDS] if failure else "",
        models=claims.names(claims.words(p, "main_model") for p in sent),
        problems=stream.problems(token_counts=not sent),
    )


_FAILURE = re.compile(r"^litellm\.\w*(?:Error|Exception|Timeout)\b.{0,2000}", re.MULTILINE)


def _exit(stream: claims.Events) -> Mapping[str, object]:
    found = [event for event in stream.items if event.get("event") == "exit"]
    return found[-1] if found else {}


AIDER = AgentSpec(
    name="aider",
    title="Aider",
    summary="Aider (aider --message): aider:openai/gpt-4o",
    install=PipInstall(
        package="aider-chat",
        version="0.86.2",
        command="aider",
        python_range=">=3.10,<3.13",
    ),
    wires=LITELLM_WIRES,
    default_model="openai/gpt-4o",
    launch=launch,
    parse=parse,
    version_argv=VERSION_ARGV,
    collect=(ANALYTICS,),
    settings={
        "edit_format": {
            "enum": [
                "whole",
                "diff",
                "diff-fenced",
                "udiff",
                "patch",
                "editor-diff",
                "editor-whole",
            ],
            "description": "How the model writes edits; what suits the model unless given.",
        },
        "map_tokens": integer_setting("Size of its map of the repository; 0 turns it off."),
        "auto_commits": flag_setting("Whether it commits; no unless given."),
    },
    notes=(
        "Tested: 0.86.2 with gpt-4o, claude-sonnet-4-5 and gemini-2.5-pro against a scripted server.",
        "It exits with 0 also when the provider refuses its key.",
        "It runs no commands of its own accord: one message, one round of edits.",
        "Without git in the sandbox it sees no file but those that the instruction names.",
        "Its token counts do not tell what was cached.",
    ),
)
