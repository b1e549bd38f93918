"""The coding agents the benchmark can drive, one file each."""

from awb_core.adapters.agents.aider import AIDER
from awb_core.adapters.agents.claude_code import CLAUDE_CODE
from awb_core.adapters.agents.codex import CODEX
from awb_core.adapters.agents.copilot_cli import COPILOT_CLI
from awb_core.adapters.agents.gemini_cli import GEMINI_CLI
from awb_core.adapters.agents.mini_swe_agent import MINI_SWE_AGENT
from awb_core.adapters.agents.opencode import OPENCODE
from awb_core.adapters.agents.openhands import OPENHANDS
from awb_core.adapters.agents.qwen_code import QWEN_CODE
from awb_core.adapters.agents.spec import AgentSpec

AGENTS: tuple[AgentSpec, ...] = (
    CODEX,
    CLAUDE_CODE,
    OPENCODE,
    MINI_SWE_AGENT,
    GEMINI_CLI,
    QWEN_CODE,
    COPILOT_CLI,
    AIDER,
    OPENHANDS,
)
"""All of them, the best proven first."""

__all__ = [
    "AGENTS",
    "AIDER",
    "CLAUDE_CODE",
    "CODEX",
    "COPILOT_CLI",
    "GEMINI_CLI",
    "MINI_SWE_AGENT",
    "OPENCODE",
    "OPENHANDS",
    "QWEN_CODE",
    "AgentSpec",
]
