"""What agents that call models through litellm have in common."""

from __future__ import annotations

from awb_core.adapters.agents.spec import LaunchContext, Wire

LITELLM_WIRES = (
    Wire(protocol="openai-chat", upstream="openai", path="/v1"),
    Wire(protocol="anthropic", upstream="anthropic"),
    Wire(protocol="gemini", upstream="gemini", path="/v1beta"),
)

_NAMES = {"openai-chat": "OPENAI", "anthropic": "ANTHROPIC", "gemini": "GEMINI"}


def litellm_model(context: LaunchContext) -> str:
    """Return the model as litellm wants it: the prefix names the protocol, not the provider."""
    return f"{_NAMES[context.wire.protocol].lower()}/{context.model}"


def litellm_env(context: LaunchContext) -> dict[str, str]:
    """Return where the model is and with which key; prices come from the package, not the network."""
    name = _NAMES[context.wire.protocol]
    return {
        f"{name}_API_KEY": context.token,
        f"{name}_API_BASE": context.base_url,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
