"""Read `workflow.toml`: TOML, then JSON Schema, then one workflow for each combination of its matrix."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from awb_core.errors import AwbError, ManifestError, Problem
from awb_core.manifest import read_toml
from awb_core.model import Workflow, digest_of
from awb_core.protocols import Adapter
from awb_core.redaction import HIDDEN, files_with_secrets, looks_secret
from awb_core.tree import digest_tree, walk
from awb_core.validation import did_you_mean, schema_problems, validator

PROVIDER_KEYS = frozenset(
    {
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "OPENAI_API_KEY",
        "CODEX_API_KEY",
        "GEMINI_API_KEY",
        "GOOGLE_API_KEY",
    }
)
"""Keys of model providers: the gateway holds them, no sandbox ever does."""

LAID_OVER = ("home", "workspace")
"""The folders of an overlay."""


def load_workflows(path: Path, adapters: Mapping[str, Adapter]) -> tuple[Workflow, ...]:
    """Return the workflows of a file, in the order of its matrix.

    Raises:
        ManifestError: with every problem found.
    """
    data = read_toml(path, "workflow")
    problems: list[Problem] = []
    workflows: list[Workflow] = []
    for label, values in _combinations(data):
        found = list(_problems(path, values, adapters))
        if found:
            problems += found
            continue
        try:
            workflows.append(_workflow(path, label, values, adapters))
        except AwbError as error:
            problems.append(Problem(file=str(path), path="$", message=str(error)))
    if problems:
        raise ManifestError(dict.fromkeys(problems))
    return tuple(workflows)


def effective(workflow: Workflow) -> dict[str, Any]:
    """Return everything that decides what a workflow does; what is not set is left out."""
    values: dict[str, Any] = {
        "adapter": workflow.adapter,
        "model": workflow.model,
        "settings": dict(workflow.settings),
        "env": dict(workflow.env),
        "secrets": list(workflow.secrets),
        "overlay": _overlay_files(workflow.overlay),
        "agent_seconds": workflow.agent_seconds,
        "budget_usd": workflow.budget_usd,
        "workflow_usd": workflow.workflow_budget_usd,
        "upstreams": {name: dict(values) for name, values in workflow.upstreams.items()},
    }
    return {key: value for key, value in values.items() if value}


def _combinations(data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each combination of the matrix with the words that tell it from the others."""
    matrix = data.get("matrix", {})
    base = {key: value for key, value in data.items() if key != "matrix"}
    for chosen in itertools.product(*matrix.values()):
        values = deepcopy(base)
        for key, value in zip(matrix, chosen, strict=True):
            place = values
            *parents, last = key.split(".", 1)
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = value
        varied = (
            f"{key.split('.', 1)[-1]}={value}"
            for key, value in zip(matrix, chosen, strict=True)
            if len(matrix[key]) > 1
        )
        yield ",".join(varied), values


def _problems(
    path: Path, values: Mapping[str, Any], adapters: Mapping[str, Adapter]
) -> Iterator[Problem]:
    def problem(at: str, message: str) -> Problem:
        return Problem(file=str(path), path=at, message=message)

    adapter = adapters.get(values["adapter"])
    if adapter is None:
        near = did_you_mean(str(values["adapter"]), adapters)
        yield problem(
            "$.adapter", f"unknown adapter {values['adapter']!r}{near}; see `awb adapters`"
        )
    else:
        schema = getattr(adapter, "settings_schema", _NO_SETTINGS)
        yield from schema_problems(
            values.get("settings", {}), validator(schema), str(path), "$.settings"
        )
    yield from schema_problems(values, validator(_TYPES), str(path))
    for name in sorted(PROVIDER_KEYS & {*values.get("secrets", ()), *values.get("env", {})}):
        yield problem(
            "$",
            f"{name} is a provider's key: it stays with the gateway, on this host; leave it out",
        )
    yield from _overlay_problems(path, values.get("overlay", ""))


_NO_SETTINGS: Mapping[str, Any] = {"type": "object", "additionalProperties": False}

_TYPES: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "adapter": {"type": "string"},
        "model": {"type": "string"},
        "overlay": {"type": "string"},
        "env": {"additionalProperties": {"type": "string"}},
        "factors": {"additionalProperties": {"type": "string"}},
        "limits": {"additionalProperties": {"type": "number", "exclusiveMinimum": 0}},
    },
}
"""What values from a matrix must be: the schema of the file cannot see where they go."""


def _overlay_problems(path: Path, overlay: str) -> Iterator[Problem]:
    """Yield what would write outside HOME and workspace, or is not there."""
    if not overlay:
        return
    root = path.parent / overlay
    if not root.is_dir():
        yield Problem(file=str(path), path="$.overlay", message=f"no such folder: {overlay}")
        return
    for entry in sorted(root.iterdir()):
        if entry.name not in LAID_OVER or not entry.is_dir():
            message = (
                f"{overlay}/{entry.name}: an overlay holds the folders home/ and workspace/ only"
            )
            yield Problem(file=str(path), path="$.overlay", message=message)
    for entry in sorted(root.rglob("*")):
        if entry.is_symlink():
            message = f"{entry.relative_to(path.parent)}: is a link; an overlay holds files only"
            yield Problem(file=str(path), path="$.overlay", message=message)


def _workflow(
    path: Path, label: str, values: Mapping[str, Any], adapters: Mapping[str, Adapter]
) -> Workflow:
    limits = values.get("limits", {})
    base = adapters[values["adapter"]].workflow(values.get("model", ""))
    overlay = values.get("overlay", "")
    workflow = replace(
        base,
        name=f"{values['name']}[{label}]" if label else values["name"],
        settings=values.get("settings", {}),
        env=values.get("env", {}),
        secrets=tuple(values.get("secrets", ())),
        overlay=(path.parent / overlay).resolve() if overlay else None,
        agent_seconds=limits.get("agent_seconds"),
        budget_usd=limits.get("budget_usd"),
        workflow_budget_usd=limits.get("workflow_usd"),
        upstreams=values.get("upstreams", {}),
        factors={**base.factors, **values.get("factors", {})},
        source=str(path.resolve()),
    )
    return replace(workflow, identity=identity(base, workflow))


def identity(base: Workflow, workflow: Workflow) -> str:
    """Return the identity of a workflow; one that adds nothing to the command line's has the same."""
    added = effective(workflow)
    for key in ("adapter", "model"):
        added.pop(key, None)
    return digest_of([base.identity, added]) if added else base.identity


def _overlay_files(overlay: Path | None) -> dict[str, str]:
    """Return the digest of each file of an overlay."""
    if overlay is None:
        return {}
    return {name: digest_tree(overlay, [name])[:16] for name in walk(overlay)}


def differences(one: Workflow, other: Workflow) -> tuple[str, ...]:
    """Return in words what differs between two workflows; nothing if they are the same."""
    before, after = _flat(effective(one)), _flat(effective(other))
    keys = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    words = tuple(_difference(key, before.get(key), after.get(key)) for key in keys)
    if not words and one.identity != other.identity:
        return ("the version of the tool or of its adapter",)
    return words


def _difference(key: str, before: Any, after: Any) -> str:
    if not key.startswith("overlay/"):
        return f"{key}: {_show(key, before)} -> {_show(key, after)}"
    state = "is added" if before is None else "is left out" if after is None else "differs"
    return f"{key}: {state}"


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            joint = "/" if key == "overlay" else "."
            flat |= {f"{key}{joint}{inner}": entry for inner, entry in value.items()}
        else:
            flat[key] = value
    return flat


def _show(key: str, value: Any) -> str:
    if value is None:
        return "not set"
    return HIDDEN if key.startswith("env.") and looks_secret(key, str(value)) else str(value)


def warnings(workflow: Workflow) -> Iterator[str]:
    """Yield what looks like a secret that is written down instead of named."""
    for name, value in workflow.env.items():
        if looks_secret(name, value):
            yield f"{workflow.name}: env.{name} looks like a secret; name it under `secrets` instead"
    if workflow.overlay is not None:
        for name in files_with_secrets(workflow.overlay):
            yield f"{workflow.name}: {workflow.overlay.name}/{name} holds what looks like a secret"
