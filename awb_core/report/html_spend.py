"""What workflows spent on their models, as a table of the page."""

from __future__ import annotations

from html import escape

from awb_core.analysis.matrix import Matrix
from awb_core.analysis.spend import Spend
from awb_core.report.text import AT_LEAST, dollars

COLUMNS = (
    "requests",
    "tokens in",
    "tokens out",
    "cost",
    "per solved trial",
    "at work",
    "of it waiting",
)


def render_spend(matrix: Matrix) -> str:
    """Return the section; nothing if no workflow asks a model."""
    rows = [(row.name, row.spend) for row in matrix.rows if row.spend is not None]
    if not rows:
        return ""
    head = "".join(f'<th scope="col"><span>{name}</span></th>' for name in COLUMNS)
    body = "".join(_row(name, spend) for name, spend in rows)
    unsure = any(spend.is_lower_bound for _, spend in rows)
    caution = f" {escape(AT_LEAST)}" if unsure else ""
    return (
        "<section>\n<h2>Cost</h2>\n<p>As the gateway measured it, invalid trials included. Never part of a "
        f'score.{caution}</p>\n<div class="scroll"><table class="gaps plain">\n'
        f"<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n</section>\n"
    )


def _row(name: str, spend: Spend) -> str:
    least = spend.is_lower_bound
    mark = "&gt;= " if least else ""
    values = (
        f"{spend.requests:,}",
        f"{mark}{spend.input_tokens:,}",
        f"{mark}{spend.output_tokens:,}",
        escape(dollars(spend.cost_usd, at_least=least)),
        escape(dollars(spend.cost_per_solved_usd, at_least=least)),
        f"{spend.agent_seconds:.0f} s",
        f"{spend.model_seconds:.0f} s",
    )
    cells = "".join(f"<td>{value}</td>" for value in values)
    return f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>\n'
