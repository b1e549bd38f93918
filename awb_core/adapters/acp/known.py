"""Agents of which it is known how they speak the Agent Client Protocol: how they start otherwise, made to do that."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from awb_core.adapters.agents import COPILOT_CLI, GEMINI_CLI, OPENCODE, QWEN_CODE
from awb_core.adapters.agents.spec import AgentSpec, Launch, LaunchContext, extra


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAgent:
    """An agent of the benchmark that speaks the protocol."""

    spec: AgentSpec
    launch: Callable[[LaunchContext], Launch]
    """Starts it so; the instruction is sent to it later."""
    note: str
    """What was found out about it."""


def _with_arguments(
    spec: AgentSpec, *arguments: str, model_option: str = ""
) -> Callable[[LaunchContext], Launch]:
    """Return a launch that differs from the usual one in the arguments only."""

    def launch(context: LaunchContext) -> Launch:
        model = (model_option, context.model) if model_option else ()
        argv = (*context.program, *arguments, *model, *extra(context))
        return replace(spec.launch(context), argv=argv, stdin=b"")

    return launch


def _opencode(context: LaunchContext) -> Launch:
    """Return `opencode acp`; its model stands in its configuration."""
    usual = OPENCODE.launch(context)
    model = usual.argv[usual.argv.index("-m") + 1]
    config = json.loads(usual.env["OPENCODE_CONFIG_CONTENT"]) | {"model": model}
    env = {**usual.env, "OPENCODE_CONFIG_CONTENT": json.dumps(config, sort_keys=True)}
    argv = (*context.program, "acp", *extra(context))
    return replace(usual, argv=argv, env=env, stdin=b"")


KNOWN: Mapping[str, KnownAgent] = MappingProxyType(
    {
        known.spec.name: known
        for known in (
            KnownAgent(
                spec=OPENCODE,
                launch=_opencode,
                note="Its tokens are those of the last step, its cost is that of all.",
            ),
            KnownAgent(
                spec=GEMINI_CLI,
                launch=_with_arguments(GEMINI_CLI, "--acp", "--yolo", model_option="-m"),
                note="Its tokens leave out thoughts and do not tell cached ones apart.",
            ),
            KnownAgent(
                spec=QWEN_CODE,
                launch=_with_arguments(QWEN_CODE, "--acp", "--auth-type", "openai", "--yolo"),
                note="Its tokens leave out requests for titles and suggestions.",
            ),
            KnownAgent(
                spec=COPILOT_CLI,
                launch=_with_arguments(
                    COPILOT_CLI, "--acp", "--allow-all", "--disable-builtin-mcps"
                ),
                note="Its tokens are the measured ones.",
            ),
        )
    }
)
"""By name, the best proven first."""

NOTES = (
    "Tested: `awb check-adapter acp:AGENT` with each of them in both sandboxes, against a scripted server; an agent"
    " made with the package agent-client-protocol 0.12.1, whose models check every message; agents that break the"
    " protocol.",
    "Version 1 of the protocol. The client offers no files and no terminals, for the agent lives where they are, and"
    " allows whatever it is asked to allow.",
    "One session and one prompt. A turn that ends with `max_tokens`, `max_turn_requests`, `refusal` or `cancelled` is"
    " `agent_error`, graded, with the reason in the note.",
    "An agent that does not start, does not speak the protocol or wants a login never asks its model: that trial is"
    " `no_model_call`, and its note says why.",
    "Not known: agents with servers of the Model Context Protocol that come from the client, and `mode`, which no test"
    " but that with the package's own agent has used.",
)
"""How it was tested, and what is not known."""
