"""Word a step as a call of one of the tools an agent offers, whatever they are named."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from typing import Any

from awb_core.testing.conversation import Call, Conversation, Tool, mapping
from awb_core.testing.scripts import Write
from awb_core.testing.solutions import commands_to_write

SHELLS = (
    "Bash",  # Claude Code
    "bash",  # OpenCode, Copilot, mini-swe-agent
    "exec_command",  # Codex
    "shell_command",
    "shell",
    "local_shell",
    "run_shell_command",  # Gemini, Qwen
    "terminal",  # OpenHands
    "execute_bash",
    "execute_command",
    "run_command",
)
"""Names of shell tools, best known first."""

WRITERS = (
    "Write",  # Claude Code
    "write",  # OpenCode
    "write_file",  # Gemini, Qwen
    "apply_patch",  # Codex, Copilot
    "create",  # Copilot
    "create_file",
    "file_editor",  # OpenHands
    "str_replace_editor",
    "write_to_file",
)
"""Names of tools that write a file."""

FINISHERS = ("finish", "attempt_completion")
"""Names of tools that end the work; OpenHands has one."""

CODE = "exec"
"""Freeform tool of newer Codex models that runs JavaScript which calls the other tools."""

_CWD = re.compile(r"AWB_CWD=(/[^\n]*?)=AWB")
_PATCHES = ("input", "patchText", "patch", "patch_text")
_PATHS = ("file_path", "filePath", "path", "absolute_path")
_CONTENTS = ("content", "file_text", "contents")


def has_shell(talk: Conversation) -> bool:
    """Say whether the agent can run commands."""
    return _first(talk, SHELLS) is not None or _code_mode(talk) is not None


def shell_call(talk: Conversation, command: str) -> Call | None:
    """Return the call that runs a command, if the agent can."""
    tool = _first(talk, SHELLS)
    if tool is not None:
        return Call(tool=tool, arguments=_shell_arguments(tool, command))
    tool = _code_mode(talk)
    if tool is None:
        return None
    run = f"tools.exec_command({json.dumps({'cmd': command})})"
    return Call(tool=tool, arguments=f"text(await {run});")


def write_call(talk: Conversation, step: Write) -> Call | None:
    """Return the call that writes a file; by the shell if the agent's own tool cannot be used."""
    tool = _first(talk, WRITERS)
    if tool is not None and tool.name == "apply_patch":
        return Call(tool=tool, arguments=_patch_arguments(tool, _patch(step)))
    folder = working_folder(talk)
    if tool is not None and (folder or not has_shell(talk)):
        return Call(tool=tool, arguments=_write_arguments(tool, folder, step))
    return shell_call(talk, " && ".join(commands_to_write(step.content.encode(), step.path)))


def finish_call(talk: Conversation, text: str) -> Call | None:
    """Return the call that ends the work, for agents that want one."""
    tool = _first(talk, FINISHERS)
    if tool is None:
        return None
    arguments = _required(tool)
    arguments.update(
        {name: text for name in ("message", "result", "summary") if name in tool.properties}
    )
    return Call(tool=tool, arguments=arguments)


def working_folder(talk: Conversation) -> str:
    """Return the folder a tool result named (see `WHERE`), or "": prose is never believed."""
    found = [name for text in talk.results for name in _CWD.findall(text)]
    return found[-1] if found else ""


def sample(schema: object, name: str = "") -> Any:
    """Return a small value that fits a JSON schema: zero, false, the first choice, only what is required."""
    if not isinstance(schema, Mapping):
        return name or "text"
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        choices = list(schema["enum"])
        return next((one for one in ("user", "low", "LOW", "false") if one in choices), choices[0])
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return sample(schema[key][0], name)
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    kind = str(kind[0] if isinstance(kind, list) else kind).lower()
    if kind == "object":
        wanted = schema.get("required") or []
        fields = schema.get("properties") or {}
        return {key: sample(fields[key], key) for key in fields if key in wanted}
    if kind in ("number", "integer"):
        return schema.get("minimum", 0)
    simple: dict[str, Any] = {"array": [], "boolean": False, "null": None}
    return simple.get(kind, f"scripted {name or 'text'}")


def _first(talk: Conversation, names: tuple[str, ...]) -> Tool | None:
    return next((talk.tools[name] for name in names if name in talk.tools), None)


def _code_mode(talk: Conversation) -> Tool | None:
    tool = talk.tools.get(CODE)
    return tool if tool is not None and tool.kind == "custom" else None


def _required(tool: Tool) -> dict[str, Any]:
    """Return values for the arguments a tool insists on; a time limit is ten minutes."""
    filled = dict(sample({**tool.schema, "type": "object"}))
    for name, value in filled.items():
        if isinstance(value, int) and not isinstance(value, bool) and "time" in name.lower():
            described = f"{name} {mapping(tool.properties.get(name)).get('description')}".lower()
            is_milliseconds = "millisecond" in described or name.lower().endswith("ms")
            filled[name] = 600_000 if is_milliseconds else 600
    return filled


def _shell_arguments(tool: Tool, command: str) -> dict[str, Any]:
    filled = _required(tool)
    key = "cmd" if "cmd" in tool.properties else "command"
    of_list = str(mapping(tool.properties.get(key)).get("type")).lower() == "array"
    filled[key] = ["bash", "-lc", command] if of_list else command
    if "description" in tool.properties:
        filled["description"] = "Run a scripted command"
    return filled


def _write_arguments(tool: Tool, folder: str, step: Write) -> dict[str, Any]:
    filled = _required(tool)
    for names, value in (
        (_PATHS, posixpath.join(folder, step.path)),
        (_CONTENTS, step.content),
    ):
        name = next((one for one in names if one in tool.properties), None)
        if name is not None:
            filled[name] = value
    if "command" in tool.properties:
        filled["command"] = "create"
    return filled


def _patch_arguments(tool: Tool, patch: str) -> dict[str, Any] | str:
    if tool.kind == "custom":
        return patch
    name = next((one for one in _PATCHES if one in tool.properties), "input")
    return {**_required(tool), name: patch}


def _patch(step: Write) -> str:
    """Word a file as Codex's patch format; it ends each line, so a last line without an end gets one."""
    lines = "".join(f"+{line}\n" for line in step.content.removesuffix("\n").split("\n"))
    return f"*** Begin Patch\n*** Add File: {step.path}\n{lines}*** End Patch\n"
