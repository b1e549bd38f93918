"""Validate JSON values against schemas and say what is wrong in words a user can act on."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from awb_core.errors import Problem
from awb_core.resources import resource_dir

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


def schema_problems(data: Any, schema: Validator, file: str, at: str = "$") -> list[Problem]:
    """Validate a JSON value and describe each error with its path and, where possible, its fix."""
    return [
        Problem(file=file, path=_json_path(at, error), message=_explain(error))
        for error in _leaves(schema.iter_errors(data))
    ]


@cache
def schema(name: str) -> Validator:
    """Return the validator of `schemas/NAME.schema.json`."""
    text = (resource_dir("schemas") / f"{name}.schema.json").read_text("utf-8")
    return validator(json.loads(text))


def validator(document: Mapping[str, Any]) -> Validator:
    """Return a Draft 2020-12 validator; loaded here so that `import awb_core` stays light."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(dict(document))


def _leaves(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Yield the errors that say most: of `allOf` and `if`, the parts that failed."""
    for error in errors:
        if error.context and error.validator in {"allOf", "if", "then", "else"}:
            yield from _leaves(error.context)
        else:
            yield error


def _json_path(at: str, error: ValidationError) -> str:
    steps = (f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.absolute_path)
    return at + "".join(steps)


def _explain(error: ValidationError) -> str:
    instance: Any = error.instance
    expected: Any = error.validator_value
    if error.validator == "additionalProperties" and isinstance(instance, Mapping):
        known = (error.schema.get("properties") or {}) if isinstance(error.schema, Mapping) else {}
        unknown = sorted(set(instance) - set(known))
        return "; ".join(f"unknown key {key!r}{did_you_mean(key, known)}" for key in unknown)
    if error.validator == "required":
        missing = [key for key in expected if key not in instance]
        return "missing " + ", ".join(repr(key) for key in missing)
    if error.validator == "type":
        return f"must be of type {expected}, is {_show(instance)}"
    if error.validator in {"enum", "const"}:
        options = expected if error.validator == "enum" else [expected]
        near = did_you_mean(str(instance), [str(option) for option in options])
        return f"must be {' or '.join(map(_show, options))}, is {_show(instance)}{near}"
    if error.validator == "pattern":
        return f"must match {expected}, is {_show(instance)}"
    if error.validator == "anyOf":
        keys = [k for part in expected for k in part.get("required", ())]
        return "needs " + " or ".join(repr(key) for key in keys)
    if error.validator == "not":
        keys = [k for part in expected["anyOf"] for k in part["required"]]
        present = [key for key in keys if key in instance]
        return f"a {instance.get('role')} check takes no " + ", ".join(map(repr, present))
    return error.message


def _show(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)[:80]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that was perhaps meant."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
