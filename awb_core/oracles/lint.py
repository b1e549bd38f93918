"""The `lint` oracle: ruff rules, import-linter contracts, or rules of the task's own; all static."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from awb_core.model import Item, Measurement, OracleFailure
from awb_core.oracles.judge import JudgeFailed, open_judge
from awb_core.oracles.judging import STARTER, copy_injected, lay_out, measurement
from awb_core.protocols import Command, CommandResult, OracleContext

_TEXTS = {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}


class LintOracle:
    """Counts findings, or takes the share of contracts kept, or asks the task's own rules."""

    name = "lint"
    summary = (
        "ruff findings, import-linter contracts, or AST rules; the workspace is never imported"
    )
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "ruff": {
                "type": "object",
                "additionalProperties": False,
                "required": ["select", "paths"],
                "description": "Number of findings of these rules.",
                "properties": {
                    "select": {**_TEXTS, "description": "Rules or prefixes of rules."},
                    "paths": {**_TEXTS, "description": "Paths in the workspace."},
                    "settings": {**_TEXTS, "description": "Further settings, as `key = value`."},
                },
            },
            "contracts": {
                "type": "string",
                "description": "import-linter configuration in tests/.",
            },
            "path": {**_TEXTS, "description": "Import path in the workspace for contracts."},
            "rules": {"type": "string", "description": "Module in tests/ with `measure(root)`."},
        },
        "oneOf": [
            {"required": ["ruff"]},
            {"required": ["contracts"]},
            {"required": ["rules"]},
        ],
    }

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Read the workspace's files."""
        options = context.check.options
        try:
            if "rules" in options:
                root = str(context.workspace.resolve())
                with open_judge(context, options["rules"]) as judge:
                    reply = judge.ask("rules", root=root)
                return measurement(reply, _unit(context))
            if "contracts" in options:
                return self._contracts(context, options)
        except JudgeFailed as error:
            return OracleFailure(reason="the rules could not decide", detail=str(error))
        return self._ruff(context, options["ruff"])

    def _contracts(
        self, context: OracleContext, options: Mapping[str, Any]
    ) -> Measurement | OracleFailure:
        hidden = context.scratch / "hidden"
        lay_out(context.tests, [options["contracts"]], hidden)
        copy_injected(hidden, "awb_contracts.py")
        with context.open_sandbox() as sandbox:
            sandbox.put(hidden, hidden=True)
            config = f"{sandbox.hidden}/{(context.tests / options['contracts']).name}"
            script = [sandbox.hidden, "awb_contracts.py", config, *options.get("path", ["."])]
            command = [sandbox.python, "-I", "-B", "-c", STARTER, *script]
            result = sandbox.run(Command(argv=command, seconds=context.seconds))
        try:
            return measurement(json.loads(result.stdout), _unit(context))
        except (ValueError, RecursionError):
            return _failure("import-linter", result)

    def _ruff(
        self, context: OracleContext, options: Mapping[str, Any]
    ) -> Measurement | OracleFailure:
        settings = [part for line in options.get("settings", ()) for part in ("--config", line)]
        with context.open_sandbox() as sandbox:
            command = [sandbox.python, "-I", "-m", "ruff", "check", "--isolated", "--no-cache"]
            # Nothing in the workspace may hide a file: no suppression, no ignore file, no telling folder name.
            command += ["--ignore-noqa", "--no-respect-gitignore", "--config", "exclude = []"]
            command += ["--exit-zero", "--output-format", "json"]
            command += ["--select", ",".join(options["select"]), *settings, *options["paths"]]
            result = sandbox.run(
                Command(argv=command, seconds=context.seconds, keep_bytes=64 << 20)
            )
        try:
            findings = json.loads(result.stdout)
            counts = Counter(
                (str(finding["code"]), str(finding["filename"]).rsplit("/", 1)[-1])
                for finding in findings
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            return _failure("ruff", result)
        items = tuple(
            Item(id=f"{code} {file}", credit=0.0, weight=float(count), note=f"{count} findings")
            for (code, file), count in sorted(counts.items())
        )
        return Measurement(value=float(len(findings)), unit="findings", items=items)


def _unit(context: OracleContext) -> str:
    return context.check.anchors.unit if context.check.anchors else "share"


def _failure(tool: str, result: CommandResult) -> OracleFailure:
    detail = f"exit {result.exit_code}\n" + result.stderr[-3000:].decode(errors="replace")
    return OracleFailure(reason=f"{tool} gave no result", detail=detail)
