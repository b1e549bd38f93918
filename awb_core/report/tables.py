"""The matrix as data: JSON, CSV, Markdown, JUnit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree

from awb_core.analysis.matrix import Cell, Estimate, Matrix
from awb_core.report.text import cell_words, spend_rows

COLUMNS = (
    *("workflow", "identity", "dimension", "score", "low", "high", "pass_rate"),
    *("tasks", "trials", "invalid", "method", "gap_best", "gap_best_low", "gap_best_high"),
    *("gap_median", "gap_median_low", "gap_median_high", "gap_ideal"),
)


class JsonReporter:
    """Everything: cells, trials, locks."""

    name = "json"
    suffix = ".json"

    def render(self, matrix: Matrix) -> str:
        """Return one JSON object."""
        document = {
            "schema": 1,
            "dimensions": [{"id": name, "title": title} for name, title in matrix.dimensions],
            "workflows": [
                {
                    "name": row.name,
                    "identity": row.identity,
                    "cells": [_as_dict(cell) for cell in row.cells],
                    "overall": _as_dict(row.overall),
                    "spend": None
                    if row.spend is None
                    else {
                        **asdict(row.spend),
                        "cost_per_solved_usd": row.spend.cost_per_solved_usd,
                    },
                }
                for row in matrix.rows
            ],
            "trials": [_without_patch(trial) for trial in matrix.trials],
            "runs": list(matrix.runs),
        }
        return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


class CsvReporter:
    """One line a cell."""

    name = "csv"
    suffix = ".csv"

    def render(self, matrix: Matrix) -> str:
        """Return the cells with a header line."""
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for name, cell in _cells(matrix):
            writer.writerow(_flat(name, cell))
        return buffer.getvalue()


class MarkdownReporter:
    """A table for a pull request or a wiki."""

    name = "markdown"
    suffix = ".md"

    def render(self, matrix: Matrix) -> str:
        """Return a table with a row a dimension."""
        names = [row.name for row in matrix.rows]
        lines = ["| dimension | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
        for index, (_, title) in enumerate(matrix.dimensions):
            words = [cell_words(row.cells[index]) for row in matrix.rows]
            lines.append(f"| {title} | " + " | ".join(words) + " |")
        words = [cell_words(row.overall) for row in matrix.rows]
        lines.append("| **overall** | " + " | ".join(words) + " |")
        lines += [f"| {name} | {' | '.join(row)} |" for name, row in spend_rows(matrix)]
        return "\n".join(lines) + "\n"


class JunitReporter:
    """One test case a trial, for CI systems."""

    name = "junit"
    suffix = ".xml"

    def render(self, matrix: Matrix) -> str:
        """Return a JUnit document: failed trials are failures, invalid ones errors."""
        root = ElementTree.Element("testsuites")
        for row in matrix.rows:
            suite = ElementTree.SubElement(root, "testsuite", name=row.name)
            for trial in matrix.trials:
                if trial["workflow_identity"] == row.identity:
                    _junit_case(suite, trial)
            suite.set("tests", str(len(suite)))
            suite.set("failures", str(len(suite.findall("testcase/failure"))))
            suite.set("errors", str(len(suite.findall("testcase/error"))))
        return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _junit_case(suite: ElementTree.Element, trial: Any) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=trial["dimension"],
        name=f"{trial['task']} #{trial['repeat']}",
        time=f"{trial['seconds']:.3f}",
    )
    if trial["score"] is None:
        ElementTree.SubElement(case, "error", type=trial["outcome"], message=trial["note"])
    elif not trial["passed"]:
        message = f"score {trial['score']:.3f}"
        ElementTree.SubElement(case, "failure", type=trial["outcome"], message=message)


def _cells(matrix: Matrix) -> Iterator[tuple[str, Cell]]:
    for row in matrix.rows:
        for cell in (*row.cells, row.overall):
            yield row.name, cell


def _flat(name: str, cell: Cell) -> dict[str, Any]:
    def parts(prefix: str, estimate: Estimate | None) -> dict[str, Any]:
        return {
            prefix: estimate.value if estimate else None,
            f"{prefix}_low": estimate.low if estimate else None,
            f"{prefix}_high": estimate.high if estimate else None,
        }

    score = parts("score", cell.score)
    return {
        "workflow": name,
        "identity": cell.workflow,
        "dimension": cell.dimension,
        "score": score["score"],
        "low": score["score_low"],
        "high": score["score_high"],
        "pass_rate": cell.pass_rate,
        "tasks": cell.tasks,
        "trials": cell.trials,
        "invalid": cell.invalid,
        "method": cell.method,
        **parts("gap_best", cell.gap_best),
        **parts("gap_median", cell.gap_median),
        "gap_ideal": cell.gap_ideal.value if cell.gap_ideal else None,
    }


def _as_dict(cell: Cell) -> dict[str, Any]:
    return asdict(cell)


def _without_patch(trial: Any) -> dict[str, Any]:
    return {key: value for key, value in trial.items() if key != "patch"}
