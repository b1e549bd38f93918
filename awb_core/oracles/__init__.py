"""The built-in oracles: each measures one thing about a finished workspace."""

from awb_core.oracles.findings import FindingsOracle
from awb_core.oracles.lint import LintOracle
from awb_core.oracles.mutation import MutationOracle
from awb_core.oracles.program import MetricOracle, ProgramOracle, PropertyOracle
from awb_core.oracles.suite import PytestOracle

__all__ = [
    "FindingsOracle",
    "LintOracle",
    "MetricOracle",
    "MutationOracle",
    "ProgramOracle",
    "PropertyOracle",
    "PytestOracle",
]
