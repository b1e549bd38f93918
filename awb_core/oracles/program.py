"""Oracles that drive the delivered program from outside: `program`, `property`, `metric`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awb_core.model import Measurement, OracleFailure
from awb_core.oracles.judge import JudgeFailed, open_judge
from awb_core.oracles.judging import ask_worker, measurement
from awb_core.protocols import OracleContext

_FILE = {"type": "string", "minLength": 1}


def _schema(**more: Any) -> Mapping[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["judge", "worker"],
        "properties": {
            "judge": {**_FILE, "description": "Judge module in tests/, run outside the sandbox."},
            "worker": {**_FILE, "description": "Worker script in tests/, run in the sandbox."},
            "files": {
                "type": "array",
                "items": _FILE,
                "description": "Files of tests/ that the worker needs beside it.",
            },
            **more,
        },
    }


class ProgramOracle:
    """Black box: the weighted share of cases that are answered right."""

    name = "program"
    summary = "drives the delivered program and compares its behaviour; share of cases"
    schema = _schema()

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Put the judge's cases to the worker and judge the answers."""
        return _measure(context, "cases", "judge")


class PropertyOracle:
    """Hypothesis draws inputs from the grading seed; the share for which the property holds."""

    name = "property"
    summary = "draws inputs with hypothesis; share of examples for which the property holds"
    schema = _schema(
        examples={
            "type": "integer",
            "minimum": 1,
            "maximum": 10_000,
            "description": "Number of examples; 200 by default.",
        }
    )

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Draw examples, let the worker answer, test the property."""
        return _measure(
            context, "examples", "holds", examples=context.check.options.get("examples", 200)
        )


class MetricOracle:
    """A number in the unit of the anchors, computed by the judge from the worker's answers."""

    name = "metric"
    summary = "a measured number: counts, ratios, growth exponents, sizes"
    schema = _schema()

    def measure(self, context: OracleContext) -> Measurement | OracleFailure:
        """Collect the worker's observations and let the judge compute the number."""
        return _measure(context, "cases", "measure")


def _measure(
    context: OracleContext, source: str, decide: str, **request: Any
) -> Measurement | OracleFailure:
    options = context.check.options
    anchors = context.check.anchors
    try:
        with open_judge(context, options["judge"]) as judge:
            cases = judge.ask(source, seed=context.seed, **request)
            answers = ask_worker(context, options["worker"], options.get("files", ()), cases)
            if isinstance(answers, OracleFailure):
                return answers
            reply = judge.ask(decide, cases=cases, answers=answers)
        return measurement(reply, anchors.unit if anchors else "share")
    except JudgeFailed as error:
        return OracleFailure(reason="the judge could not decide", detail=str(error))
