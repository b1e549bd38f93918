"""An agent as data: how it is installed, how it is started, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from awb_core.errors import UsageError

NODE_22 = "22.23.3"
"""The Node that agents written in JavaScript bring along."""

WireProtocol = Literal["anthropic", "openai-chat", "openai-responses", "gemini"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmInstall:
    """An agent that comes from the npm registry."""

    package: str
    version: str
    binary: str
    """The program, as a glob below the folder of the installation that matches one file."""
    command: str
    """The name of the launcher."""
    node: str = ""
    """The exact version of Node that runs the program; empty for a native one."""
    extra_packages: tuple[str, ...] = ()
    """More packages, each pinned as `NAME@VERSION`."""
    prune: tuple[str, ...] = ()
    """Globs of what is removed after the installation."""
    executable: tuple[str, ...] = ()
    """Globs of files that get the executable bit their package forgot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipInstall:
    """An agent that comes from the Python package index and runs on the sandbox's Python."""

    package: str
    version: str
    command: str
    """The console script."""
    python_range: str
    """The versions of Python it runs on, as a specifier such as `>=3.10,<3.13`."""
    requirements: tuple[str, ...] = ()
    """More requirements."""
    build: tuple[str, ...] = ()
    """Packages without wheels, which are built from source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A protocol an agent speaks, and where at the gateway."""

    protocol: WireProtocol
    upstream: str
    """The gateway's name of the provider."""
    path: str = ""
    """What the agent's base URL has after the name of the upstream."""

    @property
    def suffix(self) -> str:
        """What the agent's base URL has after the trial's own URL."""
        return f"/{self.upstream}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchContext:
    """What a command line is made from."""

    instruction: str
    model: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    wire: Wire
    gateway_url: str
    """The trial's URL at the gateway."""
    token: str
    home: str
    workspace: str
    agent_root: str
    """Where the installation lies inside the sandbox."""
    program: tuple[str, ...]
    """How the agent's program is called inside the sandbox."""
    max_seconds: float

    @property
    def base_url(self) -> str:
        """The URL the agent takes for its provider's."""
        return self.gateway_url + self.wire.suffix


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A command line with what it needs."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    home_files: Mapping[str, str | bytes] = field(default_factory=dict)
    """Files to write below HOME first, by their relative path."""
    stdin: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a tool reports of itself; None and empty where it reports nothing."""

    input_tokens: int | None = None
    """All of the prompt, read from a cache or not."""
    cached_tokens: int | None = None
    """The part of `input_tokens` that was read from a cache."""
    cache_write_tokens: int | None = None
    """The part of `input_tokens` that was written to a cache."""
    output_tokens: int | None = None
    """All that the model wrote, reasoning included."""
    reasoning_tokens: int | None = None
    """The part of `output_tokens` that was spent on reasoning."""
    cost_usd: float | None = None
    turns: int | None = None
    tool_calls: int | None = None
    """Tool calls that were started."""
    reason: str = ""
    """Why it stopped, in its own words."""
    error: str = ""
    models: tuple[str, ...] = ()
    mcp_failures: tuple[str, ...] = ()
    """MCP servers that did not start."""
    problems: tuple[str, ...] = ()
    """What could not be read of its report."""

    def as_mapping(self) -> dict[str, Any]:
        """Return what is known, as a JSON value."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value is not None and value not in ("", ())
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpec:
    """A coding agent with a command line; pure data and pure functions, none of which decides success."""

    name: str
    title: str
    summary: str
    install: NpmInstall | PipInstall
    wires: tuple[Wire, ...]
    """What it speaks, the preferred one first."""
    default_model: str
    launch: Callable[[LaunchContext], Launch]
    parse: Callable[[bytes, Mapping[str, bytes]], Claims]
    """Reads its standard output, and the collected files by their path below HOME; never raises."""
    version_argv: tuple[str, ...] = ("--version",)
    collect: tuple[str, ...] = ()
    """Globs below HOME of the files that hold its report."""
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Its own settings: the properties of a JSON Schema."""
    notes: tuple[str, ...] = ()
    """How it was tested, with which version, and what is not known."""

    @property
    def settings_schema(self) -> dict[str, Any]:
        """The JSON Schema of `settings` in a workflow of this agent."""
        protocols = sorted({wire.protocol for wire in self.wires})
        common = {
            "version": {
                "type": "string",
                "pattern": "^[0-9][0-9A-Za-z.+_-]*$",
                "description": f"Exact version to install; {self.install.version} is the tested one.",
            },
            "wire": {
                "enum": protocols,
                "description": "Protocol to speak; chosen by the model unless given.",
            },
            "upstream": {
                "type": "string",
                "pattern": "^[a-z0-9][a-z0-9_-]*$",
                "description": "Name of another upstream of the gateway; the model is then taken as written.",
            },
            "extra_arguments": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Arguments added to the command line before the instruction.",
            },
        }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "additionalProperties": False,
            "properties": {**common, **{key: dict(value) for key, value in self.settings.items()}},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A model as the agent is to name it, and the wire that leads to it."""

    model: str
    wire: Wire


_PREFIXES = {"anthropic": "anthropic", "openai": "openai", "gemini": "gemini", "google": "gemini"}
_FAMILIES = {"claude": "anthropic", "gemini": "gemini", "gpt": "openai"}


def choose_route(spec: AgentSpec, model: str, settings: Mapping[str, Any]) -> Route:
    """Choose the wire for a model.

    `anthropic/`, `openai/`, `gemini/` or `google/` before a model names its provider. Without one the name of the
    model tells, and where it does not, the agent's first wire is taken.

    Raises:
        UsageError: the agent does not speak to that provider, or it is open which protocol it shall speak.
    """
    wires = [wire for wire in spec.wires if settings.get("wire") in (None, wire.protocol)]
    spoken = ", ".join(dict.fromkeys(wire.protocol for wire in spec.wires))
    if not wires:
        raise UsageError(f"{spec.name} speaks {spoken}, not {settings['wire']}")
    upstream = settings.get("upstream")
    if upstream:
        if len(wires) > 1:
            message = (
                f"{spec.name} needs the setting 'wire' for the upstream {upstream!r}: {spoken}"
            )
            raise UsageError(message)
        return Route(model=model, wire=replace(wires[0], upstream=upstream))
    prefix, _, rest = model.partition("/")
    if rest and prefix in _PREFIXES:
        fitting = [wire for wire in wires if wire.upstream == _PREFIXES[prefix]]
        if not fitting:
            raise UsageError(f"{spec.name} cannot reach {model!r}: it speaks {spoken}")
        return Route(model=rest, wire=fitting[0])
    family = next((name for key, name in _FAMILIES.items() if model.startswith(key)), None)
    fitting = [wire for wire in wires if wire.upstream == family]
    return Route(model=model, wire=(fitting or wires)[0])


def integer_setting(description: str, minimum: int = 0) -> dict[str, Any]:
    """Return the schema of a whole number."""
    return {"type": "integer", "minimum": minimum, "description": description}


def number_setting(description: str) -> dict[str, Any]:
    """Return the schema of a number above zero."""
    return {"type": "number", "exclusiveMinimum": 0, "description": description}


def text_setting(description: str) -> dict[str, Any]:
    """Return the schema of a text."""
    return {"type": "string", "minLength": 1, "description": description}


def flag_setting(description: str) -> dict[str, Any]:
    """Return the schema of a yes or no."""
    return {"type": "boolean", "description": description}


def option(context: LaunchContext, setting: str, flag: str) -> tuple[str, ...]:
    """Return a flag with the value of a setting, or nothing where it is not set."""
    value = context.settings.get(setting)
    return () if value is None else (flag, str(value))


def extra(context: LaunchContext) -> tuple[str, ...]:
    """Return the arguments that the workflow adds."""
    return tuple(context.settings.get("extra_arguments", ()))
