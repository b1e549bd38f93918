"""Render a matrix: each format is a small class with a pure `render`."""

from awb_core.report.html import HtmlReporter
from awb_core.report.tables import (
    CsvReporter,
    JsonReporter,
    JunitReporter,
    MarkdownReporter,
)
from awb_core.report.text import TextReporter

REPORTERS = (
    TextReporter(),
    HtmlReporter(),
    JsonReporter(),
    CsvReporter(),
    MarkdownReporter(),
    JunitReporter(),
)

__all__ = ["REPORTERS"]
