"""Settings of a workflow whose agent speaks the Agent Client Protocol."""

from __future__ import annotations

from typing import Any

from awb_core.adapters.acp.known import KNOWN
from awb_core.adapters.agents.spec import number_setting, text_setting

START_SECONDS = 120.0
VARIABLE = "^[A-Za-z_][A-Za-z0-9_]*$"


def _variable(description: str) -> dict[str, Any]:
    return {"type": "string", "pattern": VARIABLE, "description": description}


_OF_KNOWN: dict[str, Any] = {
    "agent": {
        "enum": list(KNOWN),
        "description": "One of the agents above: it is installed, and told its model and its gateway.",
    },
    "options": {
        "type": "object",
        "description": "Settings of that agent, by its own schema, such as `version`.",
    },
}
_OF_COMMANDS: dict[str, Any] = {
    "command": {
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "minLength": 1},
        "description": "Any other agent: a program of the sandbox or of the overlay, and its arguments; a word that"
        " begins with `~/` lies in HOME. `AWB_BASE_URL`, `AWB_TOKEN` and `AWB_MODEL` say what to ask, and so do the"
        " variables named below.",
    },
    "base_url_variable": _variable("Variable for its provider's base URL: `OPENAI_BASE_URL`."),
    "token_variable": _variable("Variable for its key: `OPENAI_API_KEY`."),
    "model_variable": _variable("Variable for the model."),
    "upstream": {
        "type": "string",
        "pattern": "^[a-z0-9][a-z0-9_-]*$",
        "description": "The gateway's name of its provider, `anthropic`, `openai` or `gemini`; needed for a command.",
    },
    "base_path": {
        "type": "string",
        "pattern": "^(/[A-Za-z0-9._-]+)*$",
        "description": "What its base URL ends with; `/v1` for `openai` if absent, else nothing.",
    },
}
_COMMON: dict[str, Any] = {
    "auth_method": text_setting("Way to log in, where the agent wants one to be named."),
    "mode": text_setting("Mode of the session, by the agent's name for it."),
    "start_seconds": number_setting(
        f"How long each step before the prompt may take; {START_SECONDS:g} unless given."
    ),
}


def _options(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "$schema"}


SETTINGS_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "properties": {**_OF_KNOWN, **_OF_COMMANDS, **_COMMON},
    "anyOf": [{"required": ["agent"]}, {"required": ["command"]}],
    "dependentRequired": {"command": ["upstream"]},
    "if": {"required": ["agent"]},
    "then": {
        "additionalProperties": False,
        "properties": {**_OF_KNOWN, **_COMMON},
        "allOf": [
            {
                "if": {"properties": {"agent": {"const": name}}},
                "then": {"properties": {"options": _options(known.spec.settings_schema)}},
            }
            for name, known in KNOWN.items()
        ],
    },
    "else": {"additionalProperties": False, "properties": {**_OF_COMMANDS, **_COMMON}},
}
"""JSON Schema of `settings`: of a known agent, or of a command."""
